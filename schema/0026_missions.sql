-- Missions: flights and surveys that group what is deposited. Who deposits gives a name; a mission of that name and of his
-- organisation is found again, and what it holds is what is published with its number.

alter table catalogue.layer
    -- 'mission': features are missions. 'drone', 'levé': features belong to missions of that kind, by the columns `mission`
    -- (its name) and `mission_id`. null: neither.
    add column mission_role text check (mission_role in ('mission', 'drone', 'levé')),
    -- The map offers to choose by `datetime_column`, which tiles then carry.
    add column time_slider boolean not null default false;

-- Names that people gave, published or not.
create table capture.mission_name (
    mission_id      text primary key default replace(gen_random_uuid()::text, '-', ''),
    organisation_id integer references org.organisation on delete cascade,      -- null: imported on the server
    nom             text not null check (nom <> ''),
    unique nulls not distinct (organisation_id, nom)
);

create function capture.name_mission(organisation integer, name text) returns text language sql volatile
set search_path = pg_catalog as $$
    insert into capture.mission_name (organisation_id, nom) values (organisation, name)
    on conflict (organisation_id, nom) do update set nom = excluded.nom returning mission_id
$$;

-- Missions that hold more or less than before; empty outside transactions.
create table capture.mission_stale (mission_id text primary key);

create table terrain.mission (
    id           text not null,
    nom          text not null,
    genre        text not null,
    premier_jour date,
    dernier_jour date,
    operateur    text,
    fichiers     integer not null,
    communes     text[] not null,           -- where something of it lies: who sees the mission
    geom         geometry(Polygon, 2154) not null,
    primary key (id)
);
create index on terrain.mission using gist (geom);
create index on terrain.mission using gin (communes);

-- Brings the stale missions up to date; one that holds nothing is no more.
create function capture.refresh_missions() returns void language plpgsql volatile
security definer set search_path = pg_catalog, public as $$
declare
    held text;
begin
    if not exists (select from capture.mission_stale) then return; end if;
    select string_agg(format(
               'select t.mission_id, %s as part_of, %L as genre, %s as file, %s as jour, %s as geom from %I.%I t '
               'where t.mission_id in (select mission_id from capture.mission_stale)',
               l.layer_id, l.mission_role, coalesce(format('t.%I::text', l.coverage_column), 'null::text'),
               case when day.atttypid = 'timestamptz'::regtype then format('access.day(t.%I)', l.datetime_column)
                    when day.atttypid is not null then format('t.%I::date', l.datetime_column)
                    else 'null::date' end,
               case when l.srid = 2154 then format('t.%I', l.geometry_column)
                    else format('st_transform(t.%I, 2154)', l.geometry_column) end,
               l.table_schema, l.table_name), ' union all ')
        into held from catalogue.layer l
        left join pg_attribute day on day.attrelid = to_regclass(format('%I.%I', l.table_schema, l.table_name))
            and day.attname = l.datetime_column and not day.attisdropped
        where l.mission_role in ('drone', 'levé') and l.geometry_column is not null
            and not access.is_sensitive(l);  -- the outline would tell
    if held is null then
        delete from capture.mission_stale;
        return;
    end if;
    execute format(
        'with held as materialized (%s), '
        'laid as (select mission_id, part_of, st_collect(geom) as geom from held where geom is not null group by 1, 2), '
        'shaped as (select mission_id, st_convexhull(st_collect(st_convexhull(geom))) as hull from laid group by 1), '
        'placed as (select l.mission_id, array_agg(distinct c.code_insee order by c.code_insee) as codes from laid l '
        '    join org.commune_actuelle c on c.geom && l.geom and st_intersects(c.geom, l.geom) group by 1), '
        'now_holding as (select h.mission_id, n.nom, o.nom as operateur, string_agg(distinct h.genre, '' et '') as genre, '
        '    min(h.jour) as premier, max(h.jour) as dernier, count(distinct h.file)::integer as fichiers '
        '    from held h join capture.mission_name n using (mission_id) left join org.organisation o using (organisation_id) '
        '    group by 1, 2, 3), '
        'gone as (delete from terrain.mission m using capture.mission_stale s where m.id = s.mission_id '
        '    and not exists (select from now_holding h join shaped using (mission_id) where h.mission_id = m.id)) '
        'insert into terrain.mission as m (id, nom, genre, premier_jour, dernier_jour, operateur, fichiers, communes, geom) '
        'select h.mission_id, h.nom, h.genre, h.premier, h.dernier, h.operateur, h.fichiers, coalesce(p.codes, ''{}''), '
        -- One photo, or some along a line, have no area.
        '    case when st_dimension(s.hull) = 2 then s.hull else st_buffer(s.hull, 5, 4) end '
        'from now_holding h join shaped s using (mission_id) left join placed p using (mission_id) '
        'on conflict (id) do update set (genre, premier_jour, dernier_jour, operateur, fichiers, communes, geom) = '
        '    (excluded.genre, excluded.premier_jour, excluded.dernier_jour, excluded.operateur, excluded.fichiers, '
        '     excluded.communes, excluded.geom) '
        'where (m.genre, m.premier_jour, m.dernier_jour, m.operateur, m.fichiers, m.communes) is distinct from '
        '    (excluded.genre, excluded.premier_jour, excluded.dernier_jour, excluded.operateur, excluded.fichiers, excluded.communes) '
        '    or not st_orderingequals(m.geom, excluded.geom)', held);
    delete from capture.mission_stale;
    update catalogue.layer l set extent = b.extent from (
        select case when g is not null then array[st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g)] end as extent
        from (select st_transform(st_segmentize(st_setsrid(st_extent(geom)::geometry, 2154), 5000), 4326) as g from terrain.mission) x) b
        where l.mission_role = 'mission' and l.extent is distinct from b.extent;
end $$;

-- Features written one by one: edits. Publications, which swap whole tables, tell of themselves.
create function capture.mission_rows_changed() returns trigger language plpgsql
security definer set search_path = pg_catalog, public as $$
begin
    if tg_op <> 'INSERT' then
        insert into capture.mission_stale select distinct mission_id from old_rows where mission_id is not null order by 1 on conflict do nothing;
    end if;
    if tg_op <> 'DELETE' then
        insert into capture.mission_stale select distinct mission_id from new_rows where mission_id is not null order by 1 on conflict do nothing;
    end if;
    perform capture.refresh_missions();
    return null;
end $$;

-- Puts the triggers on the table of a layer whose features belong to missions, or takes them away.
create function capture.follow_missions(wanted integer) returns void language plpgsql set search_path = pg_catalog as $$
declare
    l catalogue.layer;
    target regclass;
    event text;
begin
    select * into l from catalogue.layer where layer_id = wanted;
    target := to_regclass(format('%I.%I', l.table_schema, l.table_name));
    if target is null then return; end if;
    foreach event in array array['insert', 'update', 'delete'] loop
        if exists (select from pg_trigger where tgrelid = target and tgname = 'carreau_mission_' || event) then
            execute format('drop trigger %I on %s', 'carreau_mission_' || event, target);
        end if;
        if l.mission_role in ('drone', 'levé') then
            execute format('create trigger %I after %s on %s referencing %s for each statement execute function capture.mission_rows_changed()',
                           'carreau_mission_' || event, event, target,
                           case event when 'insert' then 'new table as new_rows' when 'delete' then 'old table as old_rows'
                                      else 'old table as old_rows new table as new_rows' end);
        end if;
    end loop;
end $$;

alter table terrain.leve_point add column mission text, add column mission_id text;
alter table terrain.leve_trace add column mission text, add column mission_id text;
alter table terrain.leve_ligne add column mission text, add column mission_id text;
alter table terrain.leve_surface add column mission text, add column mission_id text;
alter table terrain.orthophoto add column mission text, add column mission_id text;
alter table terrain.modele_hauteur add column mission text, add column mission_id text;
alter table terrain.thermographie add column mission text, add column mission_id text;
alter table terrain.photo add column mission_id text;
alter table terrain.photo_emprise add column mission_id text;
alter table terrain.nuage add column mission_id text;

-- What was deposited before: drafts and what is kept aside are tables of their own; names are those of the depositors'
-- organisations.
do $$
declare
    t record;
    p record;
begin
    perform set_config('carreau.person', 'version 0', true);    -- no edits: deposits can still be undone
    for t in select * from (values ('terrain.leve_point', 'levé', 'releve_le'), ('terrain.leve_trace', 'levé', null),
                 ('terrain.leve_ligne', 'levé', null), ('terrain.leve_surface', 'levé', null), ('terrain.orthophoto', 'drone', null),
                 ('terrain.modele_hauteur', 'drone', null), ('terrain.thermographie', 'drone', null), ('terrain.photo', 'drone', 'pris_le'),
                 ('terrain.photo_emprise', 'drone', 'pris_le'), ('terrain.nuage', 'drone', 'date_fichier')) v (name, role, day) loop
        execute format('create index on %s (mission_id)', t.name::regclass);
        for p in select c.table_name, c.attached, (select min(j.organisation_id) from capture.job_version v join capture.job j using (job_id)
                                                   where v.version_id = c.version_id) as organisation_id
                 from catalogue.part c join catalogue.version v using (version_id)
                 where v.target = t.name and to_regclass(c.table_name) is not null loop
            if not p.attached then
                execute format('alter table %s add column if not exists mission text, add column if not exists mission_id text', p.table_name);
            end if;
            execute format('update %s r set mission_id = n.id from (select name, capture.name_mission($1, name) as id from '
                           '(select distinct mission as name from %1$s where mission <> '''') d) n where r.mission = n.name', p.table_name)
                using p.organisation_id;
        end loop;
        update catalogue.layer set mission_role = t.role, datetime_column = coalesce(datetime_column, t.day), time_slider = t.day is not null
            where table_schema || '.' || table_name = t.name;
        update catalogue.field f set tile_min_zoom = least(f.tile_min_zoom, l.min_zoom) from catalogue.layer l
            where l.layer_id = f.layer_id and l.table_schema || '.' || l.table_name = t.name and f.name = l.datetime_column;
        update catalogue.field f set editable = false from catalogue.layer l
            where l.layer_id = f.layer_id and l.table_schema || '.' || l.table_name = t.name and f.name = 'mission';
        insert into catalogue.field (layer_id, name, title, type, ordinal, tile_min_zoom, editable)
            select l.layer_id, c.name, c.title, 'text', (select coalesce(max(f.ordinal), 0) from catalogue.field f where f.layer_id = l.layer_id) + c.n,
                   c.zoom, false
            from catalogue.layer l cross join (values ('mission', 'Mission', 1, 14), ('mission_id', 'Mission (identifiant)', 2, 23)) c (name, title, n, zoom)
            where l.table_schema || '.' || l.table_name = t.name
            on conflict (layer_id, name) do nothing;
        perform capture.follow_missions(layer_id) from catalogue.layer where table_schema || '.' || table_name = t.name;
        execute format('insert into capture.mission_stale select distinct mission_id from %s where mission_id is not null on conflict do nothing', t.name);
    end loop;
    perform capture.refresh_missions();
end $$;

revoke all on function capture.name_mission, capture.refresh_missions, capture.mission_rows_changed, capture.follow_missions from public;
