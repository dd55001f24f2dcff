-- Jobs: what becomes of uploads. A worker without rights reads them, the server keeps the rows as a draft that only its
-- owner sees, and publishes it in one transaction when he says so.

alter table catalogue.version drop constraint version_state_check;
alter table catalogue.version add constraint version_state_check check (state in ('loading', 'draft', 'published', 'retired'));
-- What the version took the place of: the rows of its coverage, nothing, those with its ids, those where it lies.
alter table catalogue.version add column replaces text not null default 'coverage'
    check (replaces in ('coverage', 'nothing', 'keys', 'area'));

create table capture.job (
    job_id          bigint generated always as identity primary key,
    person_id       integer not null references org.person,
    organisation_id integer not null references org.organisation,
    uploads         text[] not null check (cardinality(uploads) between 1 and 1000),
    layer           text,                       -- what the person aims at; null: what the files say
    tables          text[] not null,            -- those he may deposit in, when the job was made
    options         jsonb not null default '{}',
    state           text not null default 'waiting' check (state in ('waiting', 'reading', 'draft', 'refused', 'failed', 'cancelled',
                        'to_publish', 'publishing', 'published', 'to_undo', 'undoing')),
    replaces        text not null default 'coverage' check (replaces in ('coverage', 'nothing', 'keys', 'area')),
    cancel          boolean not null default false,
    attempts        integer not null default 0,
    lease_until     timestamptz,                -- of whoever works on it; passed: he is dead
    holder          uuid,                       -- who that is: nobody else tells or settles anything
    progress        jsonb not null default '{}',
    report          jsonb,
    reason          text not null default '',   -- why it was refused, failed, or could not be published
    created_at      timestamptz not null default now(),
    changed_at      timestamptz not null default now(),
    published_at    timestamptz
);
create index on capture.job (person_id, job_id);
create index on capture.job (job_id) where state in ('waiting', 'reading', 'to_publish', 'publishing', 'to_undo', 'undoing');

create table capture.job_version (
    job_id     bigint not null references capture.job on delete cascade,
    version_id integer not null references catalogue.version on delete cascade,
    target     text not null,
    part_id    integer not null,
    part_table text not null,                   -- as SQL names it
    rows       bigint not null,
    primary key (job_id, version_id)
);
create index on capture.job_version (version_id);

create function capture.tell_job() returns trigger language plpgsql as $$
begin
    perform pg_notify('carreau_job', new.job_id::text);
    return null;
end $$;
create trigger tell after insert or update of state, cancel on capture.job for each row execute function capture.tell_job();

alter table capture.job enable row level security;
alter table capture.job force row level security;
create policy own on capture.job to carreau_reader, carreau_editor
    using (person_id = (select d.person_id from access.depositor() d));
do $$ begin execute format('create policy carreau_owner on capture.job to %I using (true) with check (true)', current_user); end $$;

-- The asker's own job, or null.
create function capture.own_job(wanted bigint) returns capture.job language sql stable
security definer set search_path = pg_catalog as $$
    select j from capture.job j where j.job_id = wanted and j.person_id = (select d.person_id from access.depositor() d)
$$;

-- The rows of the asker's own draft as GeoJSON features, the first ones.
create function capture.draft_features(wanted bigint, most integer) returns setof text language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    v record;
begin
    if (capture.own_job(wanted)).job_id is null then return; end if;
    for v in select j.part_table, j.target, a.attname as geometry from capture.job_version j
             join catalogue.part p on p.part_id = j.part_id and not p.attached
             left join pg_attribute a on a.attrelid = j.part_table::regclass and a.atttypid = 'geometry'::regtype and not a.attisdropped
             where j.job_id = wanted order by j.version_id loop
        if v.geometry is null then continue; end if;
        return query execute format(
            'select json_build_object(''type'', ''Feature'', ''geometry'', st_asgeojson(st_transform(d.%1$I, 4326), 7)::json, '
            '''properties'', to_jsonb(d) - %1$L - ''part_id'' || jsonb_build_object(''table'', %2$L))::text from %3$s d limit $1',
            v.geometry, v.target, v.part_table) using most;
    end loop;
end $$;

-- Rows of the asker's own draft that lie where he may not deposit, and what of the layer there is none.
create function capture.rows_not_allowed(wanted bigint) returns bigint language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    v record;
    l catalogue.layer;
    outside bigint;
    total bigint := 0;
begin
    for v in select part_table, target, rows from capture.job_version where job_id = wanted loop
        select * into l from catalogue.layer where table_schema || '.' || table_name = v.target order by layer_id limit 1;
        if not found then total := total + v.rows; continue; end if;
        execute format('select count(*) from %s where not coalesce((%s), false)', v.part_table, access.predicate(l, 'upload')) into outside;
        total := total + outside;
    end loop;
    return total;
end $$;

-- Whether publishing the draft would take rows away from where the asker may not deposit, or meet their ids.
create function capture.replaces_not_allowed(wanted bigint, way text) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    v record;
    l catalogue.layer;
    met text;
    found_one boolean;
begin
    for v in select part_table, target from capture.job_version where job_id = wanted loop
        select * into l from catalogue.layer where table_schema || '.' || table_name = v.target order by layer_id limit 1;
        if not found then return true; end if;
        met := case
            when way in ('keys', 'nothing') then format('o.%1$I in (select n.%1$I from %2$s n)', l.id_column, v.part_table)
            when way = 'area' then format('st_intersects(o.%1$I, (select st_convexhull(st_collect(n.%1$I)) from %2$s n))',
                                          l.geometry_column, v.part_table)
            when l.coverage_column is null then 'true'
            else format('o.%1$I in (select n.%1$I from %2$s n)', l.coverage_column, v.part_table) end;
        execute format('select exists (select from %I.%I o where %s and not coalesce((%s), false))', l.table_schema, l.table_name, met,
                       access.predicate(l, 'upload')) into found_one;
        if found_one then return true; end if;
    end loop;
    return false;
end $$;

-- Whether somebody edited rows of the asker's own deposit since it was published: undoing would take his edits along. What
-- publications move is written by a version.
create function capture.edited_since(wanted bigint) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    v record;
    l catalogue.layer;
    found_one boolean;
begin
    for v in select p.table_name as part, j.target, w.published_at from capture.job_version j
             join catalogue.version w using (version_id) join catalogue.part p using (version_id) where j.job_id = wanted loop
        for l in select * from catalogue.layer where table_schema || '.' || table_name = v.target loop
            execute format('select exists (select from catalogue.history h where h.layer_id = $1 and h.at > $2 and h.by !~ ''^version [0-9]+$'' '
                           'and h.feature_id in '
                           '(select n.%I::text from %s n))', l.id_column, v.part) into found_one using l.layer_id, v.published_at;
            if found_one then return true; end if;
        end loop;
    end loop;
    return false;
end $$;

revoke all on function capture.tell_job, capture.own_job, capture.draft_features, capture.rows_not_allowed,
    capture.replaces_not_allowed, capture.edited_since from public;
grant execute on function capture.draft_features to carreau_reader;
grant execute on function capture.rows_not_allowed, capture.replaces_not_allowed, capture.edited_since to carreau_editor;
grant select on capture.job to carreau_reader, carreau_editor;
grant insert (person_id, organisation_id, uploads, layer, tables, options), delete on capture.job to carreau_editor;
grant update (state, replaces, cancel, options, layer, tables, reason, attempts, report, progress, changed_at) on capture.job to carreau_editor;

-- What surveys become: points and tracks. A lot is one file; depositing it again replaces it.
create schema terrain;

create table terrain.leve_point (
    part_id              integer not null default 0,
    id                   text not null,
    lot                  text not null,
    numero               text,
    code                 text,
    altitude             double precision,
    hauteur_ellipsoidale double precision,
    systeme_altitude     text,
    fix                  text,
    satellites           integer,
    hdop                 double precision,
    pdop                 double precision,
    precision_h          double precision,          -- metres
    precision_v          double precision,
    classe_precision     text not null default '999' check (classe_precision in ('002', '005', '010', '040', '150', '999')),
    hauteur_antenne      double precision,
    releve_le            timestamptz,
    appareil             text,
    operateur            text,
    observation          text,
    geom                 geometry(Point, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table terrain.leve_trace (
    part_id     integer not null default 0,
    id          text not null,
    lot         text not null,
    genre       text,
    nom         text,
    observation text,
    longueur_m  double precision generated always as (st_length(geom)) stored,
    geom        geometry(MultiLineString, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass) from unnest(array['terrain.leve_point', 'terrain.leve_trace']) t;
create index on terrain.leve_point using gist (geom);
create index on terrain.leve_trace using gist (geom);
create index on terrain.leve_point (lot);
create index on terrain.leve_trace (lot);
