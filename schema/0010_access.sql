-- The one access policy. A request runs as a role without rights of its own, names its session, and every published table
-- asks the functions below what that session may see, now.

do $$ begin
    if (select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'postgis') <> 'public' then
        raise exception 'PostGIS must be in the schema public: the roles that serve requests look for it there';
    end if;
end $$;

create schema access;

-- Roles are of the cluster, several databases share them.
do $$
declare
    role text;
begin
    foreach role in array array['carreau_server', 'carreau_reader', 'carreau_editor', 'carreau_gate', 'carreau_admin'] loop
        -- Asked first: who may not create roles may use those that an administrator made.
        continue when exists (select from pg_roles where rolname = role);
        begin
            execute format('create role %I noinherit nosuperuser nocreatedb nocreaterole nobypassrls', role);
        exception when duplicate_object or unique_violation then null;
        end;
    end loop;
    -- Two databases prepared at once would both write the same row of pg_auth_members.
    perform pg_advisory_xact_lock(hashtext('carreau roles'));
    if not exists (select from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles s on s.oid = m.member
                   where s.rolname = 'carreau_server' and r.rolname = 'carreau_admin') then
        alter role carreau_server login;
        grant carreau_reader, carreau_editor, carreau_gate, carreau_admin to carreau_server;
    end if;
    -- Whoever prepares the database can act as them too, when it is no superuser.
    foreach role in array array['carreau_reader', 'carreau_editor', 'carreau_gate', 'carreau_admin'] loop
        if not pg_has_role(current_user, role, 'member') then execute format('grant %I to %I', role, current_user); end if;
    end loop;
end $$;

-- Under a policy only a leakproof operator may use an index. This one compares boxes and never raises.
do $$ begin
    alter function geometry_overlaps(geometry, geometry) leakproof;
exception when insufficient_privilege then
    raise notice 'geometry_overlaps could not be made leakproof: searches by box will be slow (carreau doctor)';
end $$;

-- n–n between features and communes: "archeo.operation_commune(operation, code_insee)".
alter table catalogue.layer add column commune_link text
    check (commune_link ~ '^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*\([a-z_][a-z0-9_]*, [a-z_][a-z0-9_]*\)$');
create unique index on catalogue.layer (table_schema, table_name);

-- What a caller shows: an application password, a token, a cookie, a login by OpenID Connect. Only a hash of it is kept.
-- `session_key` names it to the policies: it never leaves the server.
create table access.credential (
    credential_id integer generated always as identity primary key,
    person_id     integer references org.person on delete cascade,    -- null: anonymous
    kind          text not null check (kind in ('anonymous', 'application', 'token', 'cookie', 'oidc', 'proxy', 'simulation')),
    titre         text not null default '',
    prefix        text not null default '',
    secret_sha256 text unique,
    session_key   text not null unique default gen_random_uuid()::text,
    as_of         timestamptz,              -- a simulation looks from this moment
    created_at    timestamptz not null default now(),
    expires_at    timestamptz,
    last_used_at  timestamptz,
    revoked_at    timestamptz,
    check ((person_id is null) = (kind = 'anonymous'))
);
create index on access.credential (person_id);
create unique index on access.credential (person_id) where kind = 'proxy' and revoked_at is null;
insert into access.credential (kind, session_key) values ('anonymous', 'anonymous');

create table access.password (
    person_id integer primary key references org.person on delete cascade,
    hash      text not null
);

-- Grows with every change that may alter an answer; the server drops what it remembered.
create table access.revision (only_row boolean primary key default true check (only_row), n bigint not null);
insert into access.revision (n) values (1);
create function access.bump() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    update access.revision set n = n + 1;
    perform pg_notify('carreau_access', '');
    return null;
end $$;
do $$
declare
    t text;
begin
    foreach t in array array['org.person', 'org.organisation', 'org.service', 'org.service_layer', 'org.membership',
                             'org.convention', 'org.convention_right', 'org.engagement', 'org.engagement_layer',
                             'org.commune_successor', 'access.password'] loop
        execute format('create trigger access_bump after insert or update or delete or truncate on %s '
                       'for each statement execute function access.bump()', t);
    end loop;
end $$;
create trigger access_bump after update of revoked_at, expires_at, person_id, as_of or delete on access.credential
    for each statement execute function access.bump();

create trigger access_bump after insert or delete or update of published, commune_column, commune_link, public_resolution,
    agent_resolution, name, geometry_column, srid on catalogue.layer for each statement execute function access.bump();

-- Who asks, at what moment: one row for a session that holds, none otherwise.
create function access.asker()
returns table (credential_id integer, person_id integer, at timestamptz) language sql stable
security definer set search_path = pg_catalog as $$
    select c.credential_id, p.person_id, coalesce(c.as_of, now())
    from access.credential c
    left join org.person p on p.person_id = c.person_id and p.active
         and p.valid_from <= coalesce(c.as_of, now()) and (p.valid_to is null or coalesce(c.as_of, now()) < p.valid_to)
    where c.session_key = current_setting('carreau.session', true)
      and c.revoked_at is null and (c.expires_at is null or now() < c.expires_at)
$$;

-- Days are those of the territory.
create function access.day(at timestamptz) returns date language sql stable set search_path = pg_catalog
    return (at at time zone 'Europe/Paris')::date;
create function access.midnight(day date) returns timestamptz language sql stable set search_path = pg_catalog
    return (day::timestamp at time zone 'Europe/Paris');

-- The organisations whose conventions count for the asker: his own, and the public.
create function access.holders()
returns table (organisation_id integer, public boolean, services text[], at timestamptz) language sql stable
security definer set search_path = pg_catalog as $$
    select o.organisation_id, o.genre = 'public', case when o.genre = 'public' then null else p.services end, a.at
    from access.asker() a
    left join org.person p on p.person_id = a.person_id
    join org.organisation o on o.genre = 'public' or o.organisation_id = p.organisation_id
    where o.valid_from <= access.day(a.at) and (o.valid_to is null or access.day(a.at) < o.valid_to)
$$;

-- A list of communes with those that took their place.
create function access.with_successors(codes text[], at timestamptz) returns text[] language sql stable
security definer set search_path = pg_catalog as $$
    with recursive all_codes(code) as (
        select unnest(codes)
        union
        select s.successor from all_codes a join org.commune_successor s on s.code_insee = a.code and s.since <= access.day(at)
    )
    select array_agg(code) from all_codes
$$;

-- Every line of right that holds for the asker now. `layer_id` is null for lines whose service has no layer.
create function access.lines(wanted_layer integer default null)
returns table (layer_id integer, rights text[], public boolean, everything boolean, communes text[], perimeter geometry,
               source text)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
begin
    return query
    select t.layer_id, r.rights, h.public, r.communes = 'all',
           case r.communes
               when 'list' then access.with_successors(r.codes, h.at)
               when 'members' then access.with_successors(array(
                   select m.code_insee from org.membership m where m.service = r.service
                   and m.valid_from <= access.day(h.at) and (m.valid_to is null or access.day(h.at) < m.valid_to)), h.at)
           end,
           null::geometry, c.titre
    from access.holders() h
    join org.convention c on c.organisation_id = h.organisation_id
         and c.valid_from <= h.at and (c.valid_to is null or h.at < c.valid_to)
    join org.convention_right r on r.convention_id = c.convention_id
         and (r.service is null or h.services is null or r.service = any (h.services))
    left join org.service s on s.code = r.service
    left join lateral (
        select r.layer_id where r.layer_id is not null
        union all
        select sl.layer_id from org.service_layer sl where sl.service = r.service and not s.every_layer
        union all
        select l.layer_id from catalogue.layer l where s.every_layer
    ) t on true
    where wanted_layer is null or t.layer_id = wanted_layer
    union all
    select el.layer_id, e.rights, false, false, null, e.perimeter, 'Engagement : ' || e.etude
    from access.holders() h
    join org.engagement e on e.organisation_id = h.organisation_id and e.valid_from <= h.at and h.at < e.valid_to
    join org.engagement_layer el on el.engagement_id = e.engagement_id
    where not h.public and (wanted_layer is null or el.layer_id = wanted_layer);
end $$;

-- What a policy asks for: 'read' (somebody may read it, at whatever resolution), 'agents' (more than the public does),
-- 'exact', or one of the rights that write or export.
create function access.gives(rights text[], public boolean, level text) returns boolean language sql immutable
set search_path = pg_catalog
    return case level
        when 'read' then rights && array['read', 'exact', 'edit', 'upload', 'export']
        when 'agents' then not public and rights && array['read', 'exact', 'edit', 'upload', 'export']
        else level = any (rights)
    end;

-- What the lines give, gathered by layer and level.
create function access.scope(wanted_layer integer default null)
returns table (layer_id integer, level text, everything boolean, partly boolean, communes text[], perimeter geometry)
language sql stable security definer set search_path = pg_catalog, public as $$
    select l.layer_id, v.level, coalesce(bool_or(l.everything), false), bool_or(l.perimeter is null),
           (select array_agg(distinct c order by c) from unnest(array_agg(array_to_string(l.communes, ' '))) list,
                   unnest(string_to_array(list, ' ')) c),
           st_union(l.perimeter)
    from access.lines(wanted_layer) l cross join unnest(array['read', 'agents', 'exact', 'edit', 'upload', 'export']) v (level)
    where l.layer_id is not null and access.gives(l.rights, l.public, v.level)
    group by 1, 2
$$;

-- The same, kept by session so that a policy costs one look-up. A row counts while nothing it was made from changed and
-- no date in it was passed; else the lines are gathered again. Requests cannot write it.
create unlogged table access.remembered (
    session_key text not null,
    layer_id    integer not null,
    level       text not null,
    everything  boolean not null,
    partly      boolean not null,
    communes    text[],
    perimeter   geometry(Geometry, 2154),
    revision    bigint not null,
    valid_from  timestamptz not null,
    valid_until timestamptz not null,
    primary key (session_key, layer_id, level)
);

create function access.grant_of(wanted integer, wanted_level text) returns access.remembered language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    known access.remembered;
begin
    select g.* into known from access.remembered g
        where g.session_key = current_setting('carreau.session', true) and g.layer_id = wanted and g.level = wanted_level
        and g.revision = (select n from access.revision) and g.valid_from <= now() and now() < g.valid_until;
    if not found then
        select '', wanted, wanted_level, s.everything, s.partly, s.communes, s.perimeter, 0, now(), now() into known
            from access.scope(wanted) s where s.level = wanted_level;
    end if;
    return known;
end $$;

-- True when the asker has `level` on every feature of the layer.
create function access.everything(wanted integer, level text) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public as $$
begin
    return coalesce((access.grant_of(wanted, level)).everything, false);
end $$;

-- True when some line gives `level` on the layer, whatever its communes: for layers whose features have none.
create function access.anything(wanted integer, level text) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public as $$
begin
    return coalesce((access.grant_of(wanted, level)).partly, false);
end $$;

create function access.communes(wanted integer, level text) returns setof text language plpgsql stable
security definer set search_path = pg_catalog, public as $$
begin
    return query select unnest((access.grant_of(wanted, level)).communes);
end $$;

-- The engagements' perimeters in the layer's CRS; null when there are none.
create function access.perimeter(wanted integer, level text) returns geometry language plpgsql stable
security definer set search_path = pg_catalog, public as $$
begin
    return st_transform((access.grant_of(wanted, level)).perimeter, (select srid from catalogue.layer where layer_id = wanted));
end $$;


create function access.link_parts(link text, out link_table regclass, out id_column text, out code_column text)
language plpgsql stable set search_path = pg_catalog as $$
declare
    part text[] := regexp_match(link, '^([a-z0-9_.]+)\(([a-z0-9_]+), ([a-z0-9_]+)\)$');
begin
    link_table := part[1]::regclass;
    id_column := part[2];
    code_column := part[3];
end $$;

create function access.linked_ids(wanted integer, level text) returns setof text language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    link record;
begin
    select p.* into link from catalogue.layer l, access.link_parts(l.commune_link) p where l.layer_id = wanted;
    return query execute format('select k.%I::text from %s k where k.%I in (select access.communes($1, $2))',
                                link.id_column, link.link_table, link.code_column) using wanted, level;
end $$;

-- Features of a sensitive layer inside the asker's perimeters, judged by their footprints: the exact shape must not tell.
create function access.ids_within(wanted integer, level text) returns setof text language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    area geometry := access.perimeter(wanted, level);
    l catalogue.layer;
begin
    if area is null then return; end if;
    select * into l from catalogue.layer where layer_id = wanted;
    return query execute format('select d.%1$I::text from degrade.%2$I d where d.carreau_level = ''base'' and d.%3$I && $1 '
                                'and st_intersects(d.%3$I, $1)', l.id_column, l.name, l.geometry_column) using area;
end $$;

-- The condition on a row of the layer: SQL text for policies and views.
create function access.predicate(l catalogue.layer, level text) returns text language plpgsql stable
set search_path = pg_catalog as $$
declare
    target regclass := format('%I.%I', l.table_schema, l.table_name)::regclass;
    array_column boolean := (select a.atttypid = 'text[]'::regtype from pg_attribute a
                             where a.attrelid = target and a.attname = l.commune_column);
    sensitive boolean := l.public_resolution <> 'exact' or l.agent_resolution <> 'exact';
    id text := format('%I::text', l.id_column);
    conditions text;
begin
    if l.commune_link is not null then
        conditions := format('(select access.everything(%s, %L)) or %s in (select access.linked_ids(%1$s, %2$L))', l.layer_id, level, id);
    elsif l.commune_column is null then
        conditions := format('(select access.anything(%s, %L))', l.layer_id, level);
    elsif array_column then
        conditions := format('(select access.everything(%s, %L)) or %I && array(select access.communes(%1$s, %2$L))',
                             l.layer_id, level, l.commune_column);
    else
        conditions := format('(select access.everything(%s, %L)) or %I in (select access.communes(%1$s, %2$L))',
                             l.layer_id, level, l.commune_column);
    end if;
    if sensitive then
        conditions := conditions || format(' or %s in (select access.ids_within(%s, %L))', id, l.layer_id, level);
    elsif l.geometry_column is not null then
        conditions := conditions || format(' or (%I && (select access.perimeter(%s, %L)) and public.st_intersects(%1$I, (select access.perimeter(%2$s, %3$L))))',
                                           l.geometry_column, l.layer_id, level);
    end if;
    return format('coalesce(%s, false)', conditions);
end $$;

-- A position made coarse. Cells and footprints are drawn in Lambert-93, then brought to the geometry's own CRS.
create function access.degraded(geom geometry, resolution text, codes text[]) returns geometry language plpgsql stable
set search_path = pg_catalog, public as $$
declare
    flat geometry := st_transform(geom, 2154);
    centre geometry := st_pointonsurface(flat);
    area geometry;
    step double precision := 50;
begin
    if geom is null or st_isempty(geom) then return null; end if;
    case resolution
        when 'exact' then return geom;
        when 'footprint' then
            area := st_makeenvelope(floor(st_xmin(flat) / step) * step, floor(st_ymin(flat) / step) * step,
                                    (floor(st_xmax(flat) / step) + 1) * step, (floor(st_ymax(flat) / step) + 1) * step, 2154);
        when 'commune' then
            if cardinality(codes) > 0 then
                select st_union(c.geom) into area from org.commune_actuelle c where c.code_insee = any (codes);
            end if;
            if area is null then
                select c.geom into area from org.commune_actuelle c
                    where c.geom && centre and st_intersects(c.geom, centre) order by c.code_insee limit 1;
            end if;
            -- A cell would tell more than a commune: no position at all until the commune's outline is known.
            if area is null then return null; end if;
        else null;
    end case;
    if area is null then
        area := st_makeenvelope(floor(st_x(centre) / 1000) * 1000, floor(st_y(centre) / 1000) * 1000,
                                floor(st_x(centre) / 1000) * 1000 + 1000, floor(st_y(centre) / 1000) * 1000 + 1000, 2154);
    end if;
    area := case when geometrytype(geom) like '%POINT%' then st_pointonsurface(area) else area end;
    area := st_transform(area, st_srid(geom));
    return case when geometrytype(geom) like 'MULTI%' then st_multi(area) else area end;
end $$;

create schema degrade;
create schema expose;

-- Writes the coarse copies of a sensitive layer anew: of one feature, or of all.
create function access.refresh_degraded(wanted integer, feature text default null) returns void language plpgsql
security definer set search_path = pg_catalog, public as $$
declare
    l catalogue.layer;
    columns text;
    shown text;
    codes text;
    link record;
begin
    select * into l from catalogue.layer where layer_id = wanted;
    if to_regclass(format('degrade.%I', l.name)) is null then return; end if;
    select string_agg(format('%I', a.attname), ', ' order by a.attnum),
           string_agg(case when a.attname = l.geometry_column then 'access.degraded(t.' || quote_ident(a.attname) || ', v.resolution, c.codes)'
                           -- Computed from the true shape or from a hidden field, it would give them away.
                           when l.geometry_column = any (m.sources) then 'null'
                           when m.sources && l.public_hidden_fields then format('case when v.level = ''public'' then null else t.%I end', a.attname)
                           when a.attname = any (l.public_hidden_fields) then format('case when v.level = ''public'' then null else t.%I end', a.attname)
                           else format('t.%I', a.attname) end, ', ' order by a.attnum)
        into columns, shown
        from pg_attribute a cross join lateral (
            select coalesce(array_agg(s.attname::text), '{}') as sources
            from pg_attribute g join pg_attrdef e on e.adrelid = g.attrelid and e.adnum = g.attnum
            join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = e.oid and d.refobjid = g.attrelid
            join pg_attribute s on s.attrelid = g.attrelid and s.attnum = d.refobjsubid
            where g.attrelid = format('%I.%I', l.table_schema, l.table_name)::regclass and g.attname = a.attname
            and g.attgenerated = 's') m
        where a.attrelid = format('degrade.%I', l.name)::regclass and a.attnum > 0 and not a.attisdropped
        and a.attname <> 'carreau_level';
    if l.commune_link is not null then
        select * into link from access.link_parts(l.commune_link);
        codes := format('select array_agg(k.%I) as codes from %s k where k.%I::text = t.%I::text',
                        link.code_column, link.link_table, link.id_column, l.id_column);
    elsif l.commune_column is not null then
        codes := format('select array[t.%I]::text[] as codes', l.commune_column);
    else
        codes := 'select null::text[] as codes';
    end if;
    execute format('delete from degrade.%I where $1 is null or %I::text = $1', l.name, l.id_column) using feature;
    execute format('insert into degrade.%I (carreau_level, %s) select v.level, %s from %I.%I t '
                   'cross join (values (''agents'', $2), (''public'', $3), (''base'', ''footprint'')) v (level, resolution) '
                   'cross join lateral (%s) c where v.resolution not in (''exact'', ''hidden'') and ($1 is null or t.%I::text = $1)',
                   l.name, columns, shown, l.table_schema, l.table_name, codes, l.id_column)
        using feature, l.agent_resolution, l.public_resolution;
end $$;

create function access.degrade_row() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    wanted integer := tg_argv[0]::integer;
    id_column text := tg_argv[1];
begin
    if tg_op <> 'INSERT' then perform access.refresh_degraded(wanted, to_jsonb(old) ->> id_column); end if;
    if tg_op <> 'DELETE' then perform access.refresh_degraded(wanted, to_jsonb(new) ->> id_column); end if;
    return null;
end $$;

create function access.degrade_all() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    perform access.refresh_degraded(tg_argv[0]::integer);
    return null;
end $$;

-- Features went to other communes: who sees them changed, and where their communes are drawn.
create function access.link_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    perform access.refresh_degraded(tg_argv[0]::integer);
    insert into catalogue.change (layer_id, op) values (tg_argv[0]::integer, 'V');
    perform pg_notify('carreau_change', '');
    return null;
end $$;

-- Features shown as their commune follow its outline.
create function access.refresh_of_communes() returns void language sql set search_path = pg_catalog as $$
    select access.refresh_degraded(layer_id) from catalogue.layer where 'commune' in (public_resolution, agent_resolution)
$$;
create function access.communes_changed() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    perform access.refresh_of_communes();
    return null;
end $$;
create trigger carreau_degrade_communes after insert or update or delete or truncate on org.commune
    for each statement execute function access.communes_changed();

-- A swapped version brings rows without firing row triggers.
create or replace function catalogue.tell_version_change(layer integer, old_box box2d, new_box box2d) returns void language sql as $$
    select access.refresh_degraded(layer);
    insert into catalogue.change (layer_id, op, old_box, new_box) values (layer, 'V', old_box, new_box);
    select pg_notify('carreau_change', '');
$$;

create function access.is_sensitive(l catalogue.layer) returns boolean language sql immutable
    return (l).public_resolution <> 'exact' or (l).agent_resolution <> 'exact';

-- Takes away what install_layer put in place.
create function access.remove_layer(l catalogue.layer) returns void language plpgsql set search_path = pg_catalog as $$
declare
    target regclass := to_regclass(format('%I.%I', l.table_schema, l.table_name));
    p record;
begin
    execute format('drop view if exists expose.%I', l.name);
    execute format('drop table if exists degrade.%I', l.name);
    if target is null then return; end if;
    for p in select polname from pg_policy where polrelid = target and polname like 'carreau\_%' loop
        execute format('drop policy %I on %s', p.polname, target);
    end loop;
    execute format('revoke all on %s from carreau_reader, carreau_editor', target);
    for p in select tgname, tgrelid::regclass as rel from pg_trigger
             where tgname in ('carreau_degrade_' || l.layer_id, 'carreau_degrade_all_' || l.layer_id, 'carreau_link_' || l.layer_id)
             and tgparentid = 0 loop
        execute format('drop trigger %I on %s', p.tgname, p.rel);
    end loop;
end $$;

-- Puts the policy on a layer. A table: row-level security. A sensitive table: also its coarse copies, and a view that
-- gives each feature once, at the best resolution the asker has. A view: a barrier view with the same condition.
create function access.install_layer(wanted integer) returns void language plpgsql set search_path = pg_catalog, public as $$
declare
    l catalogue.layer;
    target regclass;
    kind "char";
    sensitive boolean;
    exact text;
    link record;
begin
    select * into l from catalogue.layer where layer_id = wanted;
    target := to_regclass(format('%I.%I', l.table_schema, l.table_name));
    if target is null then return; end if;
    perform access.remove_layer(l);
    if l.commune_link is not null then
        select * into link from access.link_parts(l.commune_link);
        execute format('create trigger carreau_link_%s after insert or update or delete or truncate on %s for each statement '
                       'execute function access.link_changed(%L)', wanted, link.link_table, wanted);
    end if;
    select relkind into kind from pg_class where oid = target;
    sensitive := access.is_sensitive(l);
    if kind not in ('r', 'p') then
        if sensitive then
            raise exception 'a layer with coarse positions must be a table, % is a view', target using errcode = '22023';
        end if;
        -- Nobody reads it but through the barrier, as its owner: an invoker's view would ask the reader for its tables.
        if kind = 'v' then execute format('alter view %s set (security_invoker = false)', target); end if;
        execute format('create view expose.%I with (security_barrier = true) as select * from %s where %s',
                       l.name, target, access.predicate(l, 'read'));
        execute format('grant select on expose.%I to carreau_reader, carreau_editor', l.name);
        return;
    end if;
    execute format('grant usage on schema %I to carreau_reader, carreau_editor', l.table_schema);
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy carreau_owner on %s to %I using (true) with check (true)', target, current_user);
    execute format('grant select on %s to carreau_reader, carreau_editor', target);
    execute format('grant insert, update, delete on %s to carreau_editor', target);
    exact := case when not sensitive then access.predicate(l, 'read')
                  when l.agent_resolution = 'exact' then access.predicate(l, 'agents') || ' or ' || access.predicate(l, 'exact')
                  else access.predicate(l, 'exact') end;
    execute format('create policy carreau_read on %s for select to carreau_reader, carreau_editor using (%s)', target, exact);
    execute format('create policy carreau_insert on %s for insert to carreau_editor with check (%s)', target, access.predicate(l, 'edit'));
    execute format('create policy carreau_update on %s for update to carreau_editor using (%s) with check (%2$s)', target, access.predicate(l, 'edit'));
    execute format('create policy carreau_delete on %s for delete to carreau_editor using (%s)', target, access.predicate(l, 'edit'));
    if not sensitive then return; end if;

    execute format('create table degrade.%I (carreau_level text not null, like %s including defaults including generated, '
                   'primary key (%I, carreau_level))', l.name, target, l.id_column);
    perform access.loosen(format('degrade.%I', l.name)::regclass, l.id_column);
    execute format('create index on degrade.%I using gist (%I)', l.name, l.geometry_column);
    execute format('alter table degrade.%I enable row level security', l.name);
    execute format('alter table degrade.%I force row level security', l.name);
    execute format('create policy carreau_owner on degrade.%I to %I using (true) with check (true)', l.name, current_user);
    execute format('create policy carreau_read on degrade.%I for select to carreau_reader, carreau_editor using ('
                   'carreau_level = ''agents'' and %2$s and not (%3$s) or '
                   'carreau_level = ''public'' and %4$s and not %2$s and not (%3$s))',
                   l.name, access.predicate(l, 'agents'), exact, access.predicate(l, 'read'));
    execute format('grant select on degrade.%I to carreau_reader, carreau_editor', l.name);
    execute (select format('create view expose.%I with (security_invoker = true) as select %s from %s union all select %2$s from degrade.%1$I',
                           l.name, string_agg(quote_ident(attname), ', ' order by attnum), target)
             from pg_attribute where attrelid = target and attnum > 0 and not attisdropped);
    execute format('grant select on expose.%I to carreau_reader, carreau_editor', l.name);
    execute format('create trigger carreau_degrade_%s after insert or update or delete on %s for each row '
                   'execute function access.degrade_row(%L, %L)', wanted, target, wanted, l.id_column);
    execute format('create trigger carreau_degrade_all_%s after truncate on %s for each statement '
                   'execute function access.degrade_all(%L)', wanted, target, wanted);
    perform access.refresh_degraded(wanted);
end $$;

-- Coarse copies: generated columns are filled by refresh_degraded, and anything may be missing.
create function access.loosen(target regclass, id_column text) returns void language plpgsql set search_path = pg_catalog as $$
declare
    a record;
begin
    for a in select attname, attgenerated, attnotnull from pg_attribute where attrelid = target and attnum > 0 and not attisdropped loop
        if a.attgenerated = 's' then execute format('alter table %s alter column %I drop expression', target, a.attname); end if;
        if a.attnotnull and a.attname not in (id_column, 'carreau_level') then
            execute format('alter table %s alter column %I drop not null', target, a.attname);
        end if;
    end loop;
end $$;

-- Gives or takes the layer's reading to everybody.
create function access.set_public(wanted integer, is_public boolean) returns void language plpgsql set search_path = pg_catalog as $$
declare
    open_data integer := (select min(c.convention_id) from org.convention c join org.organisation o using (organisation_id)
                          where o.genre = 'public' and c.titre = 'Données publiques');
begin
    delete from org.convention_right where convention_id = open_data and layer_id = wanted;
    if is_public then
        insert into org.convention_right (convention_id, line, layer_id, communes, rights)
        select open_data, coalesce(max(line), 0) + 1, wanted, 'all', '{read,export}'
        from org.convention_right where convention_id = open_data;
    end if;
end $$;

create function access.is_public(wanted integer) returns boolean language sql stable set search_path = pg_catalog as $$
    select exists (select from org.convention_right r join org.convention c using (convention_id) join org.organisation o using (organisation_id)
                   where o.genre = 'public' and r.layer_id = wanted and c.valid_from <= now() and (c.valid_to is null or now() < c.valid_to))
$$;

-- Rights that are of no layer: administration, and owner data by level.
create function access.person_rights()
returns table (administer boolean, owner_level integer, everything boolean, communes text[])
language sql stable security definer set search_path = pg_catalog, public as $$
    select distinct 'administer' = any (l.rights), v.level, l.everything, l.communes
    from access.lines() l
    left join lateral (select right(r, 1)::integer as level from unnest(l.rights) r where r like 'owner_') v on true
    where 'administer' = any (l.rights) or v.level is not null
$$;

create function access.is_administrator() returns boolean language sql stable security definer set search_path = pg_catalog, public as $$
    select exists (select from access.lines() l where 'administer' = any (l.rights))
$$;

-- The next moment at which something about the asker may change by itself.
create function access.valid_until() returns timestamptz language sql stable security definer set search_path = pg_catalog, public as $$
    with h as (select * from access.holders()),
    moments(t) as (
        select unnest(array[c.valid_from, c.valid_to]) from h join org.convention c using (organisation_id)
        union all select unnest(array[e.valid_from, e.valid_to]) from h join org.engagement e using (organisation_id)
        union all select access.midnight(d) from org.membership, unnest(array[valid_from, valid_to]) d
        union all select access.midnight(d) from org.organisation, unnest(array[valid_from, valid_to]) d
        union all select access.midnight(since) from org.commune_successor
        union all select unnest(array[p.valid_from, p.valid_to]) from access.asker() a join access.credential c using (credential_id)
            join org.person p on p.person_id = c.person_id
        union all select c.expires_at from access.asker() a join access.credential c using (credential_id)
    )
    select min(t) from moments where t > now() and t < 'infinity'
$$;

-- Keeps the asker's scope for the policies. A session that looks from another date is gathered each time.
create function access.remember() returns void language plpgsql volatile
security definer set search_path = pg_catalog, public as $$
declare
    key text := current_setting('carreau.session', true);
    current_revision bigint := (select n from access.revision);
    until timestamptz := coalesce(access.valid_until(), 'infinity');
begin
    if exists (select from access.credential where session_key = key and as_of is not null)
       or exists (select from access.remembered where session_key = key and revision = current_revision and valid_until = until)
       and not exists (select from catalogue.layer l where not exists (
           select from access.remembered g where g.session_key = key and g.layer_id = l.layer_id)) then
        return;
    end if;
    insert into access.remembered
    select key, l.layer_id, v.level, coalesce(s.everything, false), coalesce(s.partly, false), s.communes, s.perimeter,
           current_revision, now(), until
    from catalogue.layer l cross join unnest(array['read', 'agents', 'exact', 'edit', 'upload', 'export']) v (level)
    left join access.scope() s on s.layer_id = l.layer_id and s.level = v.level
    order by l.layer_id, v.level
    on conflict (session_key, layer_id, level) do update set everything = excluded.everything, partly = excluded.partly,
        communes = excluded.communes, perimeter = excluded.perimeter, revision = excluded.revision,
        valid_from = excluded.valid_from, valid_until = excluded.valid_until;
end $$;

-- What ended or expired long ago leaves nothing behind.
create function access.forget() returns void language sql volatile security definer set search_path = pg_catalog as $$
    delete from access.remembered g where valid_until < now() or not exists (
        select from access.credential c where c.session_key = g.session_key and c.revoked_at is null);
    delete from access.credential where kind in ('cookie', 'simulation') and coalesce(revoked_at, expires_at) < now() - interval '7 days';
$$;

-- The asker's own conventions that ended, and those that soon will.
create function access.agreements()
returns table (titre text, contact text, valid_to timestamptz, ended boolean, layers text[])
language sql stable security definer set search_path = pg_catalog, public as $$
    with mine as (select p.organisation_id, p.services, a.at from access.asker() a join org.person p on p.person_id = a.person_id)
    select c.titre, c.contact, c.valid_to, c.valid_to <= m.at,
           array(select distinct l.title from org.convention_right r
                 left join org.service s on s.code = r.service
                 join catalogue.layer l on l.layer_id = r.layer_id or s.every_layer or exists (
                     select from org.service_layer sl where sl.service = r.service and sl.layer_id = l.layer_id)
                 where r.convention_id = c.convention_id and l.published
                 and (r.service is null or m.services is null or r.service = any (m.services))
                 order by l.title)
    from mine m join org.convention c on c.organisation_id = m.organisation_id
    where c.valid_from <= m.at and c.valid_to < m.at + interval '60 days'
    union all
    select 'Engagement : ' || e.etude, e.contact, e.valid_to, e.valid_to <= m.at,
           array(select l.title from org.engagement_layer el join catalogue.layer l using (layer_id)
                 where el.engagement_id = e.engagement_id order by l.title)
    from mine m join org.engagement e on e.organisation_id = m.organisation_id
    where e.valid_from <= m.at and e.valid_to < m.at + interval '60 days'
    order by 3 desc
$$;

-- Counts kept by the server ask whether they still hold; the feed itself is not readable by requests.
create function catalogue.changed_outside(wanted integer, snapshot pg_snapshot) returns boolean language sql stable
security definer set search_path = pg_catalog as $$
    select exists (select from catalogue.change where layer_id = wanted and xid >= pg_snapshot_xmin(snapshot)
                   and not pg_visible_in_snapshot(xid, snapshot))
$$;

create function catalogue.access_revision() returns bigint language sql stable security definer set search_path = pg_catalog as $$
    select n from access.revision
$$;

-- An editor's write reaches the feed and the history through the triggers only.
alter function catalogue.track_row() security definer set search_path = pg_catalog, public;
alter function catalogue.track_truncate() security definer set search_path = pg_catalog, public;

revoke all on all functions in schema access, catalogue from public;
grant execute on function catalogue.changed_outside, catalogue.access_revision to carreau_reader, carreau_editor, carreau_gate;
-- Reads the statistics of any table, of the true positions too.
do $$ begin
    revoke execute on function public.st_estimatedextent(text, text, text, boolean), public.st_estimatedextent(text, text, text),
        public.st_estimatedextent(text, text) from public;
exception when insufficient_privilege then null;
end $$;
revoke all on schema access, degrade, expose from public;
grant usage on schema expose, degrade, catalogue to carreau_reader, carreau_editor;
grant execute on function access.everything, access.anything, access.communes, access.perimeter, access.linked_ids,
    access.ids_within to carreau_reader, carreau_editor, carreau_gate;
grant usage on schema access, org to carreau_gate, carreau_admin;
grant execute on function access.scope, access.remember, access.forget, access.person_rights, access.valid_until, access.agreements, access.asker,
    access.is_administrator to carreau_gate, carreau_admin;
grant select on org.person, org.organisation, org.service to carreau_gate;
grant select, insert, update on access.credential to carreau_gate, carreau_admin;
grant select on access.password, access.revision to carreau_gate;
grant select, insert, update, delete on access.password to carreau_admin;

do $$
declare
    wanted integer;
begin
    for wanted in select layer_id from catalogue.layer loop perform access.install_layer(wanted); end loop;
end $$;
