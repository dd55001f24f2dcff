-- Tables that link features to communes tell which features they touch; coarse copies drawn anew are told as such.

-- C: nothing of the layer was written, but what is shown of it is to be read anew: its coarse copies, its communes. Unlike
-- V and T it leaves the record of the layer whole.
alter table catalogue.change drop constraint change_op_check, add check (op in ('I', 'U', 'D', 'V', 'T', 'C'));

create function access.tell_copies(wanted integer) returns void language sql set search_path = pg_catalog as $$
    insert into catalogue.change (layer_id, op) values (wanted, 'C');
    select pg_notify('carreau_change', '');
$$;

-- Features went to other communes: who sees them changed, and where their communes are drawn. Few of them are told one by one.
drop function access.link_changed() cascade;
create function access.link_changed() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    wanted  integer := tg_argv[0]::integer;
    id      text := format('%I::text', tg_argv[1]);
    most    integer := 1000;
    touched text[];
begin
    if tg_op <> 'TRUNCATE' then
        execute format('select array_agg(id) from (select id from (%s) a where id is not null group by id limit %s) b',
                       case tg_op when 'INSERT' then format('select %s as id from come', id)
                                  when 'DELETE' then format('select %s as id from gone', id)
                                  else format('select %1$s as id from come union all select %1$s from gone', id) end, most + 1)
            into touched;
        if touched is null then return null; end if;
    end if;
    if tg_op = 'TRUNCATE' or cardinality(touched) > most then
        perform access.refresh_degraded(wanted);
        perform access.tell_copies(wanted);
        return null;
    end if;
    perform access.refresh_degraded(wanted, t) from unnest(touched) t;
    insert into catalogue.change (layer_id, feature_id, op) select wanted, t, 'U' from unnest(touched) t;
    perform pg_notify('carreau_change', '');
    return null;
end $$;

-- One trigger for each event: the rows it concerns have names in statement triggers of one event alone.
create function access.follow_links(l catalogue.layer) returns void language plpgsql set search_path = pg_catalog as $$
declare
    link record;
    e    record;
begin
    select * into link from access.link_parts((l).commune_link);
    for e in select * from (values ('insert', 'referencing new table as come'), ('delete', 'referencing old table as gone'),
                                   ('update', 'referencing old table as gone new table as come'), ('truncate', '')) v (event, rows) loop
        execute format('create trigger %I after %s on %s %s for each statement execute function access.link_changed(%L, %L)',
                       format('carreau_link_%s_%s', (l).layer_id, e.event), e.event, link.link_table, e.rows, (l).layer_id, link.id_column);
    end loop;
end $$;

-- Features shown as their commune follow its outline, however it came to be another.
create or replace function access.refresh_of_communes() returns void language sql set search_path = pg_catalog as $$
    select access.refresh_degraded(layer_id), access.tell_copies(layer_id) from catalogue.layer
    where 'commune' in (public_resolution, agent_resolution)
$$;
create or replace function access.communes_changed() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    perform access.refresh_of_communes();
    return null;
end $$;

-- The layer's view, table and copies for one transaction alone. Who reads and writes takes them in any order: to wait for
-- one while others are held would end in deadlocks, so all are let go when one does not come soon.
create function access.lock_layer(l catalogue.layer, target regclass) returns void
language plpgsql set search_path = pg_catalog set lock_timeout = '100ms' as $$
declare
    relations text := concat_ws(', ', to_regclass(format('expose.%I', l.name)), target, to_regclass(format('degrade.%I', l.name)));
begin
    for time in 1 .. 300 loop
        begin
            execute format('lock table %s in access exclusive mode', relations);
            return;
        exception when lock_not_available or deadlock_detected then
            perform pg_sleep(random() / 50);
        end;
    end loop;
    raise exception 'the layer % is read or written without a pause; try again later', l.name using errcode = '55P03';
end $$;

-- As before, but for the triggers on the table of links, and that the layer is locked at once.
create or replace function access.remove_layer(l catalogue.layer) returns void language plpgsql set search_path = pg_catalog as $$
declare
    target regclass := to_regclass(format('%I.%I', l.table_schema, l.table_name));
    p record;
begin
    if (select relkind in ('r', 'p') from pg_class where oid = target) then perform access.lock_layer(l, target); end if;
    execute format('drop view if exists expose.%I', l.name);
    execute format('drop table if exists degrade.%I', l.name);
    if target is null then return; end if;
    for p in select polname from pg_policy where polrelid = target and polname like 'carreau\_%' loop
        execute format('drop policy %I on %s', p.polname, target);
    end loop;
    execute format('revoke all on %s from carreau_reader, carreau_editor', target);
    for p in select tgname, tgrelid::regclass as rel from pg_trigger
             where (tgname in ('carreau_degrade_' || l.layer_id, 'carreau_degrade_all_' || l.layer_id)
                    or tgname like format('carreau\_link\_%s\_%%', l.layer_id)) and tgparentid = 0 loop
        execute format('drop trigger %I on %s', p.tgname, p.rel);
    end loop;
end $$;

-- As before, but that links are followed row by row, and that copies drawn by another declaration are told.
create or replace function access.install_layer(wanted integer) returns void language plpgsql set search_path = pg_catalog, public as $$
declare
    l catalogue.layer;
    target regclass;
    kind "char";
    sensitive boolean;
    exact text;
begin
    select * into l from catalogue.layer where layer_id = wanted;
    target := to_regclass(format('%I.%I', l.table_schema, l.table_name));
    if target is null then return; end if;
    perform access.remove_layer(l);
    if l.commune_link is not null then perform access.follow_links(l); end if;
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
    perform access.tell_copies(wanted);
end $$;

revoke all on function access.tell_copies, access.link_changed, access.follow_links, access.lock_layer from public;
select access.follow_links(l) from catalogue.layer l where to_regclass(split_part(commune_link, '(', 1)) is not null;
