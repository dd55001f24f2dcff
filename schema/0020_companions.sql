-- Tables that go with layers without being one: they are deposited, published and undone together. And what remains to be done
-- with rows of a delivery once they are loaded.

create table catalogue.companion (
    target      text not null,      -- "urba.doc_urba"
    layer_table text not null,      -- "urba.zone_urba": the table of a layer
    link_column text not null,      -- in both: rows of one value belong together, and are replaced together
    primary key (target, layer_table)
);
create table catalogue.completion (
    target    text primary key,
    completed regproc not null      -- (parts jsonb) returns (row_number bigint, field text, reason text): what a person should know
);
comment on column catalogue.completion.completed is 'is given the loaded tables, not published yet, by the name of their target';

insert into catalogue.companion values
    ('urba.doc_urba', 'urba.zone_urba', 'idurba'),
    ('urba.doc_urba', 'urba.prescription_surf', 'idurba'),
    ('urba.doc_urba', 'urba.prescription_lin', 'idurba'),
    ('urba.doc_urba', 'urba.prescription_pct', 'idurba'),
    ('risque.procedure', 'risque.perimetre', 'codeprocedure'),
    ('risque.procedure', 'risque.zone_reglementaire', 'codeprocedure'),
    ('risque.procedure', 'risque.zone_alea', 'codeprocedure'),
    ('ads.dossier_parcelle', 'ads.dossier', 'numero');

-- Companions have versions, as what they go with.
create temp table kept on commit drop as select * from urba.doc_urba;
drop table urba.doc_urba;
create table urba.doc_urba (
    part_id  integer not null default 0,
    idurba   text not null,
    typedoc  text not null,
    etat     text,
    nomproc  text,
    datappro date,
    datefin  date,
    siren    text,
    nomreg   text,
    urlreg   text,
    urlpe    text,
    siteweb  text,
    typeref  text,
    dateref  date,
    primary key (idurba, part_id)
) partition by list (part_id);
select catalogue.make_versioned('urba.doc_urba');
insert into urba.doc_urba select 0, * from kept;
drop table kept;

create temp table kept on commit drop as select * from risque.procedure;
alter table risque.procedure_commune drop constraint procedure_commune_codeprocedure_fkey;
drop table risque.procedure;
create table risque.procedure (
    part_id          integer not null default 0,
    codeprocedure    text not null,
    libelleprocedure text not null,
    typeprocedure    text not null,        -- PPRN-I, PPRN-Mvt, PPRT, PPRM, PPI ...
    etatprocedure    text not null check (etatprocedure in
                     ('PRESCRIT', 'PAC', 'PROROGE', 'ANTICIPE', 'APPROUVE', 'ANNULE', 'ABROGE', 'EN VIGUEUR')),
    dateetat         date,
    source           text not null default '',
    primary key (codeprocedure, part_id)
) partition by list (part_id);
select catalogue.make_versioned('risque.procedure');
insert into risque.procedure select 0, * from kept;
drop table kept;

create temp table kept on commit drop as select * from ads.dossier_parcelle;
drop table ads.dossier_parcelle;
create table ads.dossier_parcelle (
    part_id     integer not null default 0,
    numero      text not null,
    reference   text not null,      -- as the dossier says it: "AM 493"
    designation text,               -- the 14 characters it means, '_' for those it does not say: "31555___AM0493"; null: not readable
    parcelle    text check (length(parcelle) = 14),     -- null: found in no vintage
    date_depot  date not null,
    ligne       bigint,             -- of the file it came with
    primary key (numero, reference, part_id)
) partition by list (part_id);
select catalogue.make_versioned('ads.dossier_parcelle');
insert into ads.dossier_parcelle (numero, reference, designation, parcelle, date_depot)
    select numero, parcelle, parcelle, parcelle, date_depot from kept;
drop table kept;
create index on ads.dossier_parcelle (parcelle);

-- A delivery brings some dossiers: it replaces these.
update catalogue.layer set coverage_column = 'numero' where table_schema = 'ads' and table_name = 'dossier';

-- Finds the parcels of loaded dossiers in the cadastre, as it is or as it was (a parcel that was divided since lies in a
-- vintage kept aside; no number is given twice), and their shapes. Dossiers of communes elsewhere are left out.
create function ads.complete(parts jsonb) returns table (row_number bigint, field text, reason text) language plpgsql
set search_path = pg_catalog, public as $$
declare
    dossiers text := parts ->> 'ads.dossier';
    mentions text := parts ->> 'ads.dossier_parcelle';
    vintage record;
    counted bigint;
    resolved bigint;
begin
    if dossiers is null then return; end if;
    if exists (select from org.commune) then
        execute format('delete from %s d where not exists (select from org.commune c where c.code_insee = d.commune)', dossiers);
        get diagnostics counted = row_count;
        if counted > 0 then
            return query select null::bigint, '', format('%s dossiers d''autres communes que celles du territoire, laissés de côté', counted);
        end if;
    end if;
    if mentions is null then return; end if;
    execute format('delete from %s m where not exists (select from %s d where d.numero = m.numero)', mentions, dossiers);
    create temp table sought (designation text primary key) on commit drop;
    create temp table found (designation text, parcelle text, geom geometry, former boolean) on commit drop;
    execute format('insert into sought select distinct designation from %s where designation is not null', mentions);
    for vintage in
        select 'cadastre.parcelle' as rows, false as former, null::integer as version_id, null::integer as part_id
        union all select p.table_name, true, v.version_id, p.part_id from catalogue.part p join catalogue.version v using (version_id)
            where v.target = 'cadastre.parcelle' and not p.attached and v.state in ('published', 'retired')
        order by version_id desc nulls first, part_id desc loop
        execute format('insert into found select s.designation, p.id, p.geom, %L from sought s join %s p on p.id like s.designation '
                       'and substr(p.id, 1, 5) = substr(s.designation, 1, 5) and substr(p.id, 9) = substr(s.designation, 9) '
                       'where p.commune = any (array(select distinct substr(o.designation, 1, 5) from sought o)) '
                       'and not exists (select from found f where f.designation = s.designation)', vintage.former, vintage.rows);
    end loop;
    create temp table settled on commit drop as
        select f.designation, min(f.parcelle) as parcelle, (array_agg(f.geom))[1] as geom, bool_or(f.former) as former
        from found f group by f.designation having count(*) = 1;
    execute format('update %s m set parcelle = s.parcelle from settled s where s.designation = m.designation', mentions);
    execute format('update %s d set geom = u.geom from (select m.numero, st_multi(st_collectionextract(st_unaryunion(st_collect(s.geom)), 3)) as geom '
                   'from %s m join settled s using (designation) group by m.numero) u where u.numero = d.numero', dossiers, mentions);
    execute format('select count(*), count(parcelle) from %s', mentions) into counted, resolved;
    return query select null::bigint, '', format('%s références cadastrales sur %s rattachées à leurs parcelles', resolved, counted);
    execute format('select count(*) from %s m join settled s using (designation) where s.former', mentions) into counted;
    if counted > 0 then
        return query select null::bigint, '', format('%s références désignent des parcelles disparues depuis : leur forme est celle du dernier '
                                                     'millésime qui les porte', counted);
    end if;
    return query execute format(
        'select m.ligne, m.reference, m.numero || '' : '' || case '
        'when m.designation is null then ''référence illisible ; une section et un numéro sont attendus (AM 493)'' '
        'when exists (select from found f where f.designation = m.designation) then ''plusieurs parcelles portent ce numéro ('' || '
        '(select string_agg(f.parcelle, '', '' order by f.parcelle) from found f where f.designation = m.designation) || '') ; précisez le préfixe de section'' '
        'when not exists (select from cadastre.parcelle p where p.commune = substr(m.designation, 1, 5)) then '
        '''le cadastre de la commune '' || substr(m.designation, 1, 5) || '' n''''est pas dans la base ; importez-le, puis déposez de nouveau'' '
        'else ''cette parcelle n''''est ni dans le cadastre de la commune '' || substr(m.designation, 1, 5) || '' ni dans ses millésimes '
        'gardés ; vérifiez la référence'' end '
        'from %s m where m.parcelle is null order by m.ligne, m.reference', mentions);
end $$;
revoke all on function ads.complete from public;
insert into catalogue.completion values ('ads.dossier', 'ads.complete');

-- Rows of the asker's own draft that lie where he may not deposit, and what of the layer there is none. Rows of a companion
-- go with those of the layer that came with them.
create or replace function capture.rows_not_allowed(wanted bigint) returns bigint language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    v record;
    l catalogue.layer;
    accompanied text;
    outside bigint;
    total bigint := 0;
begin
    for v in select part_table, target, rows from capture.job_version where job_id = wanted loop
        select * into l from catalogue.layer where table_schema || '.' || table_name = v.target order by layer_id limit 1;
        if found then
            execute format('select count(*) from %s where not coalesce((%s), false)', v.part_table, access.predicate(l, 'upload')) into outside;
        else
            select string_agg(format('n.%1$I in (select d.%1$I from %2$s d)', c.link_column, j.part_table), ' or ') into accompanied
                from catalogue.companion c join capture.job_version j on j.target = c.layer_table and j.job_id = wanted
                where c.target = v.target;
            execute format('select count(*) from %s n where not (%s)', v.part_table, coalesce(accompanied, 'false')) into outside;
        end if;
        total := total + outside;
    end loop;
    return total;
end $$;

-- Whether publishing the draft would take rows away from where the asker may not deposit, or meet their ids. A companion's
-- rows go with what is published of its layers.
create or replace function capture.replaces_not_allowed(wanted bigint, way text) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    v record;
    c record;
    l catalogue.layer;
    met text;
    found_one boolean;
begin
    for v in select part_table, target from capture.job_version where job_id = wanted loop
        select * into l from catalogue.layer where table_schema || '.' || table_name = v.target order by layer_id limit 1;
        if not found then
            if not exists (select from catalogue.companion o where o.target = v.target) then return true; end if;
            for c in select o.link_column, y as layer from catalogue.companion o
                     join catalogue.layer y on y.table_schema || '.' || y.table_name = o.layer_table where o.target = v.target loop
                execute format('select exists (select from %1$I.%2$I o where o.%3$I in (select n.%3$I from %4$s n) and not coalesce((%5$s), false))',
                               (c.layer).table_schema, (c.layer).table_name, c.link_column, v.part_table, access.predicate(c.layer, 'upload'))
                    into found_one;
                if found_one then return true; end if;
            end loop;
            continue;
        end if;
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
