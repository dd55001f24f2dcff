-- Owners of parcels, after the fiscal files (MAJIC). Birth dates and places have no column: nothing can give them away.
-- The tables are nobody's to read; the one function that does asks a purpose, counts, and writes the journal.

create schema majic;

create table majic.compte_parcelle (
    parcelle text not null check (length(parcelle) = 14),
    compte   text not null,
    primary key (parcelle, compte)
);
create table majic.proprietaire (
    compte          text not null,
    ordre           integer not null,
    denomination    text not null,
    adresse         text not null default '',
    droit           text not null default 'Propriétaire',
    siren           text,
    valeur_locative double precision,
    primary key (compte, ordre)
);

-- Level 0: a third party's look-up (LPF L107 A, R*107 A-3): one parcel, 5 in a week, 10 in a month. Level 1: names for a
-- mission, up to 20 parcels. Level 2: also what the tax office holds. Every call leaves a line in the journal, refused or not.
create function majic.look_up(parcels text[], purpose text, request_id text)
returns table (status text, parcelle text, compte text, ordre integer, denomination text, adresse text, droit text,
               siren text, valeur_locative double precision)
language plpgsql volatile security definer set search_path = pg_catalog as $$
#variable_conflict use_column
declare
    who integer := (select a.person_id from access.asker() a);
    known_login text := coalesce((select p.login from org.person p where p.person_id = who), '');
    level integer;
    outcome text;
    recent integer;
    in_month integer;
    towns text[] := coalesce((select array_agg(distinct left(p, 5)) from unnest(parcels) p where p is not null), '{}');
begin
    -- What is missing must not keep the line out of the journal.
    parcels := coalesce(array_remove(parcels, null), '{}');
    purpose := coalesce(purpose, '');
    request_id := coalesce(request_id, '');
    -- The weakest level over all communes asked: one commune without a right and there is no answer at all.
    select min(best) into level from (
        select coalesce((select max(r.owner_level) from access.person_rights() r
                         where r.owner_level is not null and (r.everything or t.town = any (r.communes))), -1) as best
        from unnest(towns) t(town)) b;
    if who is null or coalesce(level, -1) < 0 then
        outcome := 'hidden';
    elsif length(trim(purpose)) < 5 then
        outcome := 'purpose';
    elsif cardinality(parcels) > (case when level = 0 then 1 else 20 end) then
        outcome := 'not_ponctual';
    elsif level = 0 then
        perform pg_advisory_xact_lock(hashtext('majic'), who);
        select count(*) filter (where at > now() - interval '7 days'), count(*) into recent, in_month from audit.entry
            where person_id = who and action = 'owner' and result = 'answered' and at > now() - interval '1 month';
        outcome := (case when recent >= 5 then 'week' when in_month >= 10 then 'month' else 'answered' end);
    else
        outcome := 'answered';
    end if;
    insert into audit.entry (person_id, login, action, layer, commune, purpose, result, request_id, count)
        values (who, known_login, 'owner', array_to_string(parcels, ' '), array_to_string(towns, ' '), purpose, outcome,
                request_id, cardinality(parcels));
    if outcome <> 'answered' then
        return query select outcome, null::text, null::text, null::integer, null::text, null::text, null::text, null::text,
                            null::double precision;
        return;
    end if;
    return query
    select outcome, k.parcelle, k.compte, o.ordre, o.denomination, o.adresse, o.droit,
           case when level = 2 then o.siren end, case when level = 2 then o.valeur_locative end
    from majic.compte_parcelle k join majic.proprietaire o on o.compte = k.compte
    where k.parcelle = any (parcels) order by k.parcelle, k.compte, o.ordre;
end $$;

revoke all on schema majic from public;
revoke all on all functions in schema majic from public;
grant usage on schema majic to carreau_gate;
grant execute on function majic.look_up to carreau_gate;
