-- Photos: where they were taken, what they show of the ground, and the pictures themselves, which belong to versions as
-- their rows do.

-- The column that names a feature's picture (capture.picture); null: features have none.
alter table catalogue.layer add column picture_column text;

create table capture.picture (
    sha256      text primary key check (sha256 ~ '^[0-9a-f]{64}$'),    -- of the original
    size        bigint not null check (size > 0),
    orientation smallint not null check (orientation between 1 and 8),  -- EXIF
    spans       bigint[] not null,                                      -- offset, length, ...: what of it is published
    thumbnail   bytea not null,
    noted_at    timestamptz not null default now()
);

create table capture.picture_use (
    version_id integer not null references catalogue.version on delete cascade,
    sha256     text not null references capture.picture,
    primary key (version_id, sha256)
);
create index on capture.picture_use (sha256);

-- The picture of a feature to whom has the right on the feature: one row, or none. The row and the use of the picture must
-- be of one version: nobody gets the picture of others by writing its name.
create function capture.picture_of(wanted_layer integer, feature text, wanted_right text)
returns table (sha256 text, size bigint, orientation smallint, spans bigint[], thumbnail bytea) language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    l catalogue.layer;
begin
    if wanted_right not in ('read', 'upload') then return; end if;
    select * into l from catalogue.layer where layer_id = wanted_layer and published and picture_column is not null;
    if not found then return; end if;
    -- A picture shows where it was taken.
    if wanted_right = 'read' and access.is_sensitive(l) then wanted_right := 'exact'; end if;
    return query execute format(
        'select p.sha256, p.size, p.orientation, p.spans, p.thumbnail from (select part_id, %I as sha256 from %I.%I '
        'where %I::text = $1 and (%s)) f join catalogue.part using (part_id) '
        'join capture.picture_use u using (version_id, sha256) join capture.picture p using (sha256)',
        l.picture_column, l.table_schema, l.table_name, l.id_column, access.predicate(l, wanted_right)) using feature;
end $$;
revoke all on function capture.picture_of from public;
grant execute on function capture.picture_of to carreau_reader;

create table terrain.photo (
    part_id          integer not null default 0,
    id               text not null,
    nom              text not null,
    mission          text,
    pris_le          timestamptz,
    altitude         double precision,
    systeme_altitude text,
    hauteur_sol      double precision,      -- metres above the place of take-off
    lacet_camera     double precision,      -- degrees, clockwise from true north
    tangage_camera   double precision,      -- above the horizon
    roulis_camera    double precision,
    lacet_appareil   double precision,
    tangage_appareil double precision,
    roulis_appareil  double precision,
    marque           text,
    modele           text,
    focale_mm        double precision,
    focale_35mm      double precision,
    largeur_px       integer,
    hauteur_px       integer,
    radiometrique    boolean not null default false,
    empreinte        text,                  -- SHA-256 of the original
    geom             geometry(Point, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table terrain.photo_emprise (
    part_id       integer not null default 0,
    id            text not null,            -- of the photo
    nom           text not null,
    mission       text,
    pris_le       timestamptz,
    hauteur_sol   double precision,
    resolution_cm double precision,
    empreinte     text,
    geom          geometry(Polygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass) from unnest(array['terrain.photo', 'terrain.photo_emprise']) t;
create index on terrain.photo using gist (geom);
create index on terrain.photo_emprise using gist (geom);
create index on terrain.photo (mission);
create index on terrain.photo_emprise (mission);
