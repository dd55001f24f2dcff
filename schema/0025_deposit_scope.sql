-- What a depositor may not see does not exist for him, in what his deposit is completed with either; and what a document or a
-- procedure covers counts when another takes its place, whether zones of it are published or not.

-- Until the transaction ends or says otherwise, the policies see what that person sees.
create function access.look_as(person integer) returns void language sql volatile set search_path = pg_catalog as $$
    with c as (insert into access.credential (person_id, kind, titre, expires_at)
               values (person, 'simulation', 'Lecture d''un dépôt', now() + interval '1 minute') returning session_key)
    select set_config('carreau.session', session_key, true) from c
$$;
revoke all on function access.look_as from public;

comment on column catalogue.completion.completed is 'is given the loaded tables, not published yet, by the name of their target, '
    'and for whom they are completed: a person, or null for the owner of the database';

drop function ads.complete(jsonb);
-- Finds the parcels of loaded dossiers in the cadastre, as it is or as it was (a parcel that was divided since lies in a
-- vintage kept aside; no number is given twice), and their shapes: of the parcels that the person may see. Dossiers of
-- communes elsewhere are left out.
create function ads.complete(parts jsonb, person integer) returns table (row_number bigint, field text, reason text) language plpgsql
set search_path = pg_catalog, public as $$
declare
    dossiers text := parts ->> 'ads.dossier';
    mentions text := parts ->> 'ads.dossier_parcelle';
    session text := coalesce(current_setting('carreau.session', true), '');
    cadastre catalogue.layer;
    visible text := 'true';     -- of parcels
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
    if person is not null then
        perform access.look_as(person);
        select * into cadastre from catalogue.layer where table_schema = 'cadastre' and table_name = 'parcelle' and published;
        visible := case when found then catalogue.exact_predicate(cadastre) else 'false' end;
    end if;
    create temp table sought (designation text primary key) on commit drop;
    create temp table found (designation text, parcelle text, geom geometry, former boolean) on commit drop;
    execute format('insert into sought select distinct designation from %s where designation is not null', mentions);
    for vintage in
        select 'cadastre.parcelle' as rows, false as former, null::integer as version_id, null::integer as part_id
        union all select p.table_name, true, v.version_id, p.part_id from catalogue.part p join catalogue.version v using (version_id)
            where v.target = 'cadastre.parcelle' and not p.attached and v.state in ('published', 'retired')
        order by version_id desc nulls first, part_id desc loop
        execute format('insert into found select s.designation, p.id, p.geom, %L from sought s '
                       'join (select * from %s where %s) p on p.id like s.designation '
                       'and substr(p.id, 1, 5) = substr(s.designation, 1, 5) and substr(p.id, 9) = substr(s.designation, 9) '
                       'where p.commune = any (array(select distinct substr(o.designation, 1, 5) from sought o)) '
                       'and not exists (select from found f where f.designation = s.designation)', vintage.former, vintage.rows, visible);
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
        'when substr(m.designation, 1, 5) not in (select commune from cadastre.parcelle where (%s)) then '
        '''le cadastre de la commune '' || substr(m.designation, 1, 5) || '' n''''est pas dans la base, ou ne vous est pas ouvert ; le SIG '
        'l''''importe, ou vous l''''ouvre, puis déposez de nouveau'' '
        'else ''cette parcelle n''''est ni dans le cadastre de la commune '' || substr(m.designation, 1, 5) || '' ni dans ses millésimes '
        'gardés ; vérifiez la référence'' end '
        'from %s m where m.parcelle is null order by m.ligne, m.reference', visible, mentions);
    perform set_config('carreau.session', session, true);
end $$;
revoke all on function ads.complete from public;
update catalogue.completion set completed = 'ads.complete' where target = 'ads.dossier';

-- What rows of a companion are about: communes, with the place in them where it is known. No row: nobody knows.
create table catalogue.cover (
    target  text primary key,
    covered regproc not null    -- (link text) returns (commune text, area geometry)
);
comment on column catalogue.cover.covered is 'is given the value by which rows of the companion go with those of its layers';

-- The head of the document's name, as for its zones.
create function urba.covered(document text) returns table (commune text, area geometry) language sql stable
set search_path = pg_catalog, public as $$
    select split_part(document, '_', 1), null::geometry
$$;

-- The communes that a procedure names, and those where its perimeter or its zones lie.
create function risque.covered(plan text) returns table (commune text, area geometry) language sql stable
set search_path = pg_catalog, public as $$
    select n.code_insee, c.geom from risque.procedure_commune n left join org.commune_actuelle c using (code_insee) where n.codeprocedure = plan
    union all
    select c.code_insee, st_intersection(c.geom, d.geom)
    from (select geom from risque.perimetre where codeprocedure = plan
          union all select geom from risque.zone_reglementaire where codeprocedure = plan
          union all select geom from risque.zone_alea where codeprocedure = plan) d
    join org.commune_actuelle c on c.geom && d.geom and st_relate(c.geom, d.geom, 'T********')
$$;

create function ads.covered(dossier text) returns table (commune text, area geometry) language sql stable
set search_path = pg_catalog, public as $$
    select d.commune, d.geom from ads.dossier d where d.numero = dossier
$$;
revoke all on function urba.covered, risque.covered, ads.covered from public;
insert into catalogue.cover values
    ('urba.doc_urba', 'urba.covered'), ('risque.procedure', 'risque.covered'), ('ads.dossier_parcelle', 'ads.covered');

-- Whether the asker may deposit in the layer wherever the companion's rows of that link are about. Where nobody knows, who may
-- deposit everywhere may.
create function capture.covers(l catalogue.layer, companion text, link text) returns boolean language plpgsql stable
set search_path = pg_catalog, public as $$
declare
    about regproc := (select c.covered from catalogue.cover c where c.target = companion);
    within boolean;
begin
    if access.everything(l.layer_id, 'upload') then return true; end if;
    if about is null then return false; end if;
    execute format('select bool_and(coalesce(a.commune in (select access.communes($2, ''upload'')), false) '
                   'or coalesce(st_covers(access.perimeter($2, ''upload''), st_transform(a.area, $3)), false)) from %s($1) a', about)
        into within using link, l.layer_id, l.srid;
    return coalesce(within, false);
end $$;

-- Whether publishing the draft would take rows away from where the asker may not deposit, or meet their ids. A companion's
-- rows go with what is published of its layers, and with what they are about.
create or replace function capture.replaces_not_allowed(wanted bigint, way text) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    v record;
    c record;
    l catalogue.layer;
    met text;
    link text;
    found_one boolean;
begin
    for v in select part_table, target from capture.job_version where job_id = wanted loop
        select * into l from catalogue.layer where table_schema || '.' || table_name = v.target order by layer_id limit 1;
        if not found then
            if not exists (select from catalogue.companion o where o.target = v.target) then return true; end if;
            for c in select o.link_column, y as layer, exists (select from capture.job_version j where j.job_id = wanted and j.target = o.layer_table) as comes
                     from catalogue.companion o
                     join catalogue.layer y on y.table_schema || '.' || y.table_name = o.layer_table where o.target = v.target loop
                execute format('select exists (select from %1$I.%2$I o where o.%3$I in (select n.%3$I from %4$s n) and not coalesce((%5$s), false))',
                               (c.layer).table_schema, (c.layer).table_name, c.link_column, v.part_table, access.predicate(c.layer, 'upload'))
                    into found_one;
                if found_one then return true; end if;
                continue when not c.comes;
                for link in execute format('select distinct o.%1$I::text from %2$s o where o.%1$I in (select n.%1$I from %3$s n)',
                                           c.link_column, v.target::regclass, v.part_table) loop
                    if not capture.covers(c.layer, v.target, link) then return true; end if;
                end loop;
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
revoke all on function capture.covers from public;
