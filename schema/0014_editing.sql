-- Editing: what a field takes, who did what when, the past of a layer, and what an edit must ask that the editor cannot see.

alter table catalogue.field
    add column required   boolean,          -- null: as the column says (not null, without default)
    add column editable   boolean not null default true,
    add column codes      jsonb check (jsonb_typeof(codes) = 'array'),    -- [{"value": "banc", "label": "Banc"}]
    add column max_length integer check (max_length > 0),
    add column minimum    double precision,
    add column maximum    double precision;

-- The history names the person; rows of one request have one moment, taken when all its features were locked: later than
-- what was written to them before.
alter table catalogue.history add column person_id integer;
create index on catalogue.history (layer_id, at);

create function catalogue.editor(out login text, out person integer) language sql stable security definer set search_path = pg_catalog as $$
    select p.login, p.person_id from access.asker() a join org.person p on p.person_id = a.person_id
$$;

create or replace function catalogue.track_row() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    layer   integer := tg_argv[0]::integer;
    id_col  text := tg_argv[1];
    geom    text := tg_argv[2];
    old_row jsonb;
    new_row jsonb;
    old_geom geometry;
    new_geom geometry;
    moment  timestamptz := coalesce(nullif(current_setting('carreau.moment', true), '')::timestamptz, clock_timestamp());
    who     record;
    author  text;
begin
    select * into who from catalogue.editor();
    author := coalesce(who.login, nullif(current_setting('carreau.person', true), ''), session_user);
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
        insert into catalogue.history (layer_id, feature_id, op, at, by, person_id, old_row, old_geom)
            values (layer, old_row ->> id_col, 'D', moment, author, who.person, old_row, old_geom),
                   (layer, new_row ->> id_col, 'I', moment, author, who.person, null, null);
    else
        insert into catalogue.change (layer_id, feature_id, op, old_box, new_box)
            values (layer, coalesce(new_row, old_row) ->> id_col, left(tg_op, 1)::"char", box2d(old_geom), box2d(new_geom));
        insert into catalogue.history (layer_id, feature_id, op, at, by, person_id, old_row, old_geom)
            values (layer, coalesce(new_row, old_row) ->> id_col, left(tg_op, 1)::"char", moment, author, who.person, old_row, old_geom);
    end if;
    perform pg_notify('carreau_change', '');
    return null;
end $$;

-- An id may stand in another part of a versioned table, or in a row the editor does not see.
create function catalogue.id_taken(wanted integer, id text) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    l catalogue.layer;
    taken boolean;
begin
    select * into l from catalogue.layer where layer_id = wanted;
    execute format('select exists (select from %I.%I where %I = $1::%s)', l.table_schema, l.table_name, l.id_column,
                   catalogue.id_type(l))
        into taken using id;
    return taken;
end $$;

-- The commune where a shape lies (the one that holds most of it), and whether `code` is one it lies in. A code that is
-- no commune's fits nowhere, unless no commune is known at all.
create function catalogue.commune_of(code text, shape geometry, out place text, out fits boolean) language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    flat geometry := st_transform(shape, 2154);
begin
    fits := true;
    if shape is null or not exists (select from org.commune_actuelle) then return; end if;
    select c.code_insee into place from org.commune_actuelle c where c.geom && flat and st_intersects(c.geom, flat)
        order by case st_dimension(flat) when 0 then 0 when 1 then -st_length(st_intersection(c.geom, flat))
                                         else -st_area(st_intersection(c.geom, flat)) end, c.code_insee limit 1;
    fits := code is null or exists (select from org.commune_actuelle c where c.code_insee = code and st_intersects(c.geom, flat));
end $$;

-- Since when the record of a layer is whole: before, rows came or went without leaving what they were.
create table catalogue.record (
    layer_id integer primary key references catalogue.layer on delete cascade,
    since    timestamptz not null default clock_timestamp()
);
insert into catalogue.record (layer_id) select layer_id from catalogue.layer where tracked;

create function catalogue.begin_record() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    insert into catalogue.record (layer_id) select layer_id from catalogue.layer where layer_id = new.layer_id
        on conflict (layer_id) do update set since = clock_timestamp();
    return null;
end $$;
create trigger carreau_record after insert on catalogue.change for each row when (new.op in ('V', 'T'))
    execute function catalogue.begin_record();

create function catalogue.follow_tracking() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    if new.tracked then
        insert into catalogue.record (layer_id) values (new.layer_id) on conflict do nothing;
    else
        delete from catalogue.record where layer_id = new.layer_id;
    end if;
    return null;
end $$;
create trigger carreau_record after insert or update of tracked on catalogue.layer for each row
    execute function catalogue.follow_tracking();

create function catalogue.record_since(wanted integer) returns timestamptz language sql stable security definer set search_path = pg_catalog as $$
    select since from catalogue.record where layer_id = wanted
$$;

create function catalogue.id_type(l catalogue.layer) returns text language sql stable set search_path = pg_catalog as $$
    select format_type(a.atttypid, null) from pg_attribute a
    where a.attrelid = format('%I.%I', (l).table_schema, (l).table_name)::regclass and a.attname = (l).id_column
$$;

-- A row of the layer's table from what the history keeps of it: SQL text for a lateral join over `source`.
create function catalogue.row_from_history(l catalogue.layer, source text) returns text language sql stable set search_path = pg_catalog as $$
    select format('(select %s from jsonb_populate_record(null::%I.%I, %s.old_row) p)',
                  string_agg(case when a.attname = (l).geometry_column then format('%s.old_geom as %I', source, a.attname)
                                  else format('p.%I', a.attname) end, ', ' order by a.attnum),
                  (l).table_schema, (l).table_name, source)
    from pg_attribute a where a.attrelid = format('%I.%I', (l).table_schema, (l).table_name)::regclass and a.attnum > 0 and not a.attisdropped
$$;

-- Who may read the layer's table, where positions are true: SQL text, as in its policy.
create function catalogue.exact_predicate(l catalogue.layer) returns text language sql stable set search_path = pg_catalog as $$
    select case when not access.is_sensitive(l) then access.predicate(l, 'read')
                when (l).agent_resolution = 'exact' then access.predicate(l, 'agents') || ' or ' || access.predicate(l, 'exact')
                else access.predicate(l, 'exact') end
$$;

-- The features of a tracked layer as they stood at a moment: id, geometry when it has one, then the other fields in order.
-- Today's rights hold, over what the feature was then and, where it still is, over what it is now: a feature that left
-- the asker's communes takes its past along, one that came into them does not bring it. Of a sensitive layer there is
-- only what he sees at its true position: coarse copies have no past. `feature` and `box` only make it cheaper.
create function catalogue.past(wanted integer, moment timestamptz, feature text default null, box geometry default null)
returns setof record language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    l catalogue.layer;
    target regclass;
    columns text;
    policy text;
    near text := 'true';
begin
    select * into l from catalogue.layer where layer_id = wanted and tracked and published;
    if not found then return; end if;
    target := format('%I.%I', l.table_schema, l.table_name)::regclass;
    policy := catalogue.exact_predicate(l);
    if l.geometry_column is not null and box is not null then near := format('%I && $4', l.geometry_column); end if;
    select string_agg(format('r.%I', c.name), ', ' order by c.n) into columns from (
        select l.id_column as name, -1 as n union all select l.geometry_column, 0 where l.geometry_column is not null
        union all select f.name, f.ordinal from catalogue.field f where f.layer_id = wanted and f.name <> l.id_column
            and f.name is distinct from l.geometry_column and exists (
            select from pg_attribute a where a.attrelid = target and a.attname = f.name and a.attnum > 0 and not a.attisdropped)) c;
    return query execute format(
        'with touched as materialized ('
        '    select distinct on (h.feature_id) h.feature_id, h.old_row, h.old_geom from catalogue.history h'
        '    where h.layer_id = $1 and h.at > $2 and ($3 is null or h.feature_id = $3) order by h.feature_id, h.history_id) '
        'select %1$s from (select * from %2$s t where ($3 is null or t.%3$I = $3::%4$s) and %5$s '
        '                  and t.%3$I::text not in (select feature_id from touched)) r where %6$s '
        'union all '
        'select %1$s from (select o.* from touched x cross join lateral %7$s o where x.old_row is not null) r '
        'where %5$s and (%6$s) and not exists ('
        '    select from (select * from %2$s t where t.%3$I = r.%3$I) n where not (%6$s))',
        columns, target, l.id_column, catalogue.id_type(l), near, policy, catalogue.row_from_history(l, 'x'))
        using wanted, moment, feature, box;
end $$;

-- Whether the asker may edit the feature as it is.
create function catalogue.may_edit(wanted integer, feature text) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    l catalogue.layer;
    allowed boolean;
begin
    select * into l from catalogue.layer where layer_id = wanted and tracked and published;
    if not found then return false; end if;
    execute format('select exists (select from (select * from %I.%I t where t.%I = $1::%s) r where (%s) and (%s))', l.table_schema,
                   l.table_name, l.id_column, catalogue.id_type(l), access.predicate(l, 'edit'), catalogue.exact_predicate(l))
        into allowed using feature;
    return allowed;
end $$;

-- The changes of a feature, newest first, with what it was before and after: those whose both sides the asker may edit.
create function catalogue.feature_history(wanted integer, feature text)
returns table (change bigint, at timestamptz, by text, op text, before jsonb, before_shape geometry, after jsonb, after_shape geometry)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    l catalogue.layer;
    geom text;
    policy text;
begin
    select * into l from catalogue.layer where layer_id = wanted and tracked and published;
    if not found then return; end if;
    geom := coalesce(quote_ident(l.geometry_column), 'null::geometry');
    policy := format('(%s) and (%s)', access.predicate(l, 'edit'), catalogue.exact_predicate(l));
    return query execute format(
        'with now as (select to_jsonb(t) - %1$L::text as old_row, %2$s as old_geom from %3$I.%4$I t where t.%5$I = $2::%6$s), '
        'h as (select history_id, at, by, op, old_row, old_geom, lead(history_id) over w is null as is_last, '
        '             lead(old_row) over w as next_row, lead(old_geom) over w as next_geom '
        '      from catalogue.history where layer_id = $1 and feature_id = $2 window w as (order by history_id)), '
        'c as (select h.*, case when op = ''D'' then null when is_last then n.old_row else next_row end as new_row, '
        '             case when op = ''D'' then null when is_last then n.old_geom else next_geom end as new_geom '
        '      from h left join now n on true) '
        'select c.history_id, c.at, c.by, c.op::text, c.old_row, c.old_geom, c.new_row, c.new_geom from c '
        'where (c.old_row is null or exists (select from (select o.* from (select c.old_row as old_row, c.old_geom as old_geom) x '
        '     cross join lateral %7$s o) r where %8$s)) '
        'and (c.new_row is null or exists (select from (select o.* from (select c.new_row as old_row, c.new_geom as old_geom) x '
        '     cross join lateral %7$s o) r where %8$s)) order by c.history_id desc limit 1000',
        coalesce(l.geometry_column, ' '), geom, l.table_schema, l.table_name, l.id_column, catalogue.id_type(l),
        catalogue.row_from_history(l, 'x'), policy)
        using wanted, feature;
end $$;

revoke all on function catalogue.editor, catalogue.id_taken, catalogue.commune_of, catalogue.begin_record, catalogue.follow_tracking,
    catalogue.record_since, catalogue.id_type, catalogue.row_from_history, catalogue.exact_predicate, catalogue.past, catalogue.may_edit,
    catalogue.feature_history from public;
grant execute on function catalogue.id_taken, catalogue.commune_of to carreau_editor;
grant execute on function catalogue.record_since, catalogue.past, catalogue.may_edit, catalogue.feature_history to carreau_reader;
grant execute on function catalogue.feature_history to carreau_editor;

-- Street furniture and its like, surveyed and kept by the communes: what people edit.
create schema topo;

create table topo.mobilier (
    part_id      integer not null default 0,
    id           uuid not null default gen_random_uuid(),
    commune      text not null,
    nature       text not null,
    etat         text not null default 'bon',
    materiau     text,
    hauteur      double precision check (hauteur > 0),
    gestionnaire text not null default 'commune',
    date_pose    date,
    observation  text,
    geom         geometry(Point, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table topo.lineaire (
    part_id      integer not null default 0,
    id           uuid not null default gen_random_uuid(),
    commune      text not null,
    nature       text not null,
    etat         text not null default 'bon',
    hauteur      double precision check (hauteur > 0),
    date_pose    date,
    observation  text,
    longueur_m   double precision generated always as (st_length(geom)) stored,
    geom         geometry(LineString, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table topo.surface (
    part_id      integer not null default 0,
    id           uuid not null default gen_random_uuid(),
    commune      text not null,
    nature       text not null,
    revetement   text,
    etat         text not null default 'bon',
    date_pose    date,
    observation  text,
    surface_m2   double precision generated always as (st_area(geom)) stored,
    geom         geometry(Polygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass) from unnest(array['topo.mobilier', 'topo.lineaire', 'topo.surface']) t;
create index on topo.mobilier using gist (geom);
create index on topo.lineaire using gist (geom);
create index on topo.surface using gist (geom);
create index on topo.mobilier (commune);
create index on topo.lineaire (commune);
create index on topo.surface (commune);
