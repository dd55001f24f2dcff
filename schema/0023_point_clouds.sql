-- Point clouds (LAS, LAZ): what their heads say and where they lie. Their originals are kept as those of photos are.
alter table capture.picture alter column thumbnail drop not null;   -- an original that is no image has none
alter table capture.picture add column media_type text not null default 'image/jpeg';

drop function capture.picture_of;
create function capture.picture_of(wanted_layer integer, feature text, wanted_right text)
returns table (sha256 text, size bigint, orientation smallint, spans bigint[], thumbnail bytea, media_type text) language plpgsql stable
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
        'select p.sha256, p.size, p.orientation, p.spans, p.thumbnail, p.media_type from (select part_id, %I as sha256 from %I.%I '
        'where %I::text = $1 and (%s)) f join catalogue.part using (part_id) '
        'join capture.picture_use u using (version_id, sha256) join capture.picture p using (sha256)',
        l.picture_column, l.table_schema, l.table_name, l.id_column, access.predicate(l, wanted_right)) using feature;
end $$;
revoke all on function capture.picture_of from public;
grant execute on function capture.picture_of to carreau_reader;

create table terrain.nuage (
    part_id      integer not null default 0,
    id           text not null,
    nom          text not null,
    mission      text,
    points       bigint not null,
    densite      double precision,      -- points by m² of the extent
    altitude_min double precision,
    altitude_max double precision,
    date_fichier date,
    version      text,                  -- of LAS: "1.4"
    format_point integer,
    compresse    boolean,
    logiciel     text,
    taille       bigint,                -- bytes
    empreinte    text,                  -- SHA-256 of the original
    geom         geometry(Polygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned('terrain.nuage');
create index on terrain.nuage using gist (geom);
create index on terrain.nuage (mission);
