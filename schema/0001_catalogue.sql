-- The catalogue: layers, their fields, the versions (vintages) loaded into them, the change feed and the history.

create schema if not exists catalogue;

create table catalogue.layer (
    layer_id        integer generated always as identity primary key,
    name            text not null unique check (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    title           text not null check (title <> ''),
    description     text not null default '',
    theme           text not null default 'autre',
    table_schema    text not null,
    table_name      text not null,
    id_column       text not null,
    geometry_column text,
    geometry_type   text,
    srid            integer,
    label_field     text,
    commune_column  text,
    datetime_column text,
    -- An import replaces the rows whose coverage value it brings (a commune, a plan); null: the whole layer.
    coverage_column text,
    min_zoom        integer not null default 0 check (min_zoom between 0 and 22),
    max_zoom        integer not null default 16 check (max_zoom between 0 and 22),
    sort_order      integer not null default 100,
    visible         boolean not null default true,
    published       boolean not null default true,
    fictive         boolean not null default false,
    tracked         boolean not null default false,
    licence         text not null default '',
    attribution     text not null default '',
    style           jsonb not null default '[]',
    extent          double precision[] check (array_length(extent, 1) = 4),
    updated_at      timestamptz not null default now(),
    check (min_zoom <= max_zoom)
);
comment on column catalogue.layer.extent is 'west, south, east, north in degrees (WGS 84)';
comment on column catalogue.layer.style is 'MapLibre layer fragments: id, source and source-layer are filled in by the server';

create table catalogue.field (
    layer_id      integer not null references catalogue.layer on delete cascade,
    name          text not null,
    title         text not null default '',
    type          text not null check (type in ('integer', 'number', 'text', 'boolean', 'date', 'datetime')),
    description   text not null default '',
    ordinal       integer not null,
    tile_min_zoom integer not null default 0,
    primary key (layer_id, name)
);

-- A version is one import into one table: complete or absent, published, retired, put back.
create table catalogue.version (
    version_id    integer generated always as identity primary key,
    target        text not null,            -- "cadastre.parcelle"
    vintage       text not null default '',
    source        text not null default '',
    source_sha256 text not null default '',
    state         text not null check (state in ('loading', 'published', 'retired')),
    feature_count bigint not null default 0,
    created_at    timestamptz not null default now(),
    published_at  timestamptz
);
create index on catalogue.version (target, source_sha256);

-- The rows of a version live in partitions of the table: attached while published, kept aside when replaced.
create table catalogue.part (
    part_id     integer generated always as identity primary key,
    version_id  integer not null references catalogue.version on delete cascade,
    table_name  text not null,              -- "cadastre.parcelle_p12"
    coverage    text[],                     -- values of the coverage column it holds; null: the whole table
    attached    boolean not null default false,
    replaced_by integer references catalogue.version on delete set null
);
create index on catalogue.part (version_id);

-- The change feed: what tiles and counts must forget. A row is written in the transaction of the edit it tells of.
-- Readers order by commit with `xid` and their snapshot; NOTIFY carreau_change only wakes them.
create table catalogue.change (
    seq        bigint generated always as identity primary key,
    xid        xid8 not null default pg_current_xact_id(),
    layer_id   integer not null,
    feature_id text,                        -- null: the whole of the boxes (version swap, TRUNCATE)
    op         "char" not null check (op in ('I', 'U', 'D', 'V', 'T')),
    old_box    box2d,                       -- in the layer's CRS
    new_box    box2d,
    at         timestamptz not null default clock_timestamp()
);
create index on catalogue.change (layer_id, xid);

-- What a feature was before each change: enough to read any past moment and to undo.
create table catalogue.history (
    history_id bigint generated always as identity primary key,
    layer_id   integer not null,
    feature_id text not null,
    op         "char" not null,
    at         timestamptz not null default clock_timestamp(),
    by         text not null default coalesce(nullif(current_setting('carreau.person', true), ''), session_user),
    old_row    jsonb,                       -- null when the change created the feature
    old_geom   geometry
);
create index on catalogue.history (layer_id, feature_id, history_id);

create table catalogue.setting (name text primary key, value text not null);

-- Row trigger of every tracked table. Arguments: layer id, id column, geometry column ('' when none).
create function catalogue.track_row() returns trigger language plpgsql as $$
declare
    layer   integer := tg_argv[0]::integer;
    id_col  text := tg_argv[1];
    geom    text := tg_argv[2];
    old_row jsonb;
    new_row jsonb;
    old_geom geometry;
    new_geom geometry;
begin
    if tg_op <> 'INSERT' then
        execute format('select to_jsonb($1) - %L::text%s', coalesce(nullif(geom, ''), ' '),
                       case when geom = '' then ', null::geometry' else format(', ($1).%I', geom) end)
            into old_row, old_geom using old;
    end if;
    if tg_op <> 'DELETE' then
        execute format('select to_jsonb($1) - %L::text%s', coalesce(nullif(geom, ''), ' '),
                       case when geom = '' then ', null::geometry' else format(', ($1).%I', geom) end)
            into new_row, new_geom using new;
    end if;
    if tg_op = 'UPDATE' and new_row ->> id_col is distinct from old_row ->> id_col then
        -- A changed id is a feature gone and another come.
        insert into catalogue.change (layer_id, feature_id, op, old_box) values (layer, old_row ->> id_col, 'D', box2d(old_geom));
        insert into catalogue.change (layer_id, feature_id, op, new_box) values (layer, new_row ->> id_col, 'I', box2d(new_geom));
        insert into catalogue.history (layer_id, feature_id, op, old_row, old_geom)
            values (layer, old_row ->> id_col, 'D', old_row, old_geom), (layer, new_row ->> id_col, 'I', null, null);
    else
        insert into catalogue.change (layer_id, feature_id, op, old_box, new_box)
            values (layer, coalesce(new_row, old_row) ->> id_col, left(tg_op, 1)::"char", box2d(old_geom), box2d(new_geom));
        insert into catalogue.history (layer_id, feature_id, op, old_row, old_geom)
            values (layer, coalesce(new_row, old_row) ->> id_col, left(tg_op, 1)::"char", old_row, old_geom);
    end if;
    perform pg_notify('carreau_change', '');
    return null;
end $$;

create function catalogue.track_truncate() returns trigger language plpgsql as $$
begin
    insert into catalogue.change (layer_id, op) values (tg_argv[0]::integer, 'T');
    perform pg_notify('carreau_change', '');
    return null;
end $$;

-- Puts the triggers on a layer's table, or takes them away. Views have none.
create function catalogue.track_layer(layer catalogue.layer, wanted boolean) returns void language plpgsql as $$
declare
    target regclass := format('%I.%I', layer.table_schema, layer.table_name)::regclass;
begin
    execute format('drop trigger if exists carreau_track_%s on %s', layer.layer_id, target);
    execute format('drop trigger if exists carreau_truncate_%s on %s', layer.layer_id, target);
    if wanted then
        execute format('create trigger carreau_track_%s after insert or update or delete on %s for each row '
                       'execute function catalogue.track_row(%L, %L, %L)',
                       layer.layer_id, target, layer.layer_id, layer.id_column, coalesce(layer.geometry_column, ''));
        execute format('create trigger carreau_truncate_%s after truncate on %s for each statement '
                       'execute function catalogue.track_truncate(%L)', layer.layer_id, target, layer.layer_id);
    end if;
    update catalogue.layer l set tracked = wanted where l.layer_id = layer.layer_id;
end $$;

-- Makes a partitioned table ready for versions: part 0 takes what is written directly (edits, not imports).
create function catalogue.make_versioned(target regclass) returns void language plpgsql as $$
declare
    schema_name text;
    base_name text;
begin
    select n.nspname, c.relname into schema_name, base_name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target;
    execute format('create table %I.%I partition of %s for values in (0)', schema_name, base_name || '_p0', target);
end $$;

-- A tracked table must tell of its whole content when a version of it is swapped; the boxes are those of the rows.
create function catalogue.tell_version_change(layer integer, old_box box2d, new_box box2d) returns void language sql as $$
    insert into catalogue.change (layer_id, op, old_box, new_box) values (layer, 'V', old_box, new_box);
    select pg_notify('carreau_change', '');
$$;

create function catalogue.notify_catalogue() returns trigger language plpgsql as $$
begin
    perform pg_notify('carreau_catalogue', '');
    return null;
end $$;
create trigger layer_notify after insert or update or delete or truncate on catalogue.layer
    for each statement execute function catalogue.notify_catalogue();
create trigger field_notify after insert or update or delete or truncate on catalogue.field
    for each statement execute function catalogue.notify_catalogue();
create trigger version_notify after insert or update or delete or truncate on catalogue.version
    for each statement execute function catalogue.notify_catalogue();
