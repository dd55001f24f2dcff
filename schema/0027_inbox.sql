-- The inbox: whoever may not publish his draft hands it over, and who answers for the places where it lies publishes it, or sends it
-- back with a word. For everybody else it stays not there.

alter table capture.job
    add column proposed_at  timestamptz,    -- handed over then; stays while it is published: undoing brings it back; null: its author's alone
    add column published_by integer references org.person,     -- who asked for its publication
    add column refused_at   timestamptz,    -- sent back then; null: never, or proposed anew since
    add column refused_by   integer references org.person,
    add column refusal      text not null default '' check ((refused_at is null) = (refusal = ''));
create index on capture.job (proposed_at desc, job_id desc) where proposed_at is not null and state = 'draft';
create index on capture.job (published_by, proposed_at desc) where proposed_at is not null;

-- The record of a job: who did what, when. Nothing is done without it: a trigger writes it.
create table capture.job_act (
    job_id    bigint not null references capture.job on delete cascade,
    at        timestamptz not null default clock_timestamp(),
    act       text not null,        -- 'made', 'proposed', 'returned', or the state that the job came into
    person_id integer references org.person,    -- null: the server
    words     text not null default ''
);
create index on capture.job_act (job_id, at);
insert into capture.job_act (job_id, at, act, person_id) select job_id, created_at, 'made', person_id from capture.job;

create function capture.record_act() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare
    act text := new.state;
begin
    if tg_op = 'INSERT' then act := 'made';
    elsif new.refused_at is distinct from old.refused_at and new.refused_at is not null then act := 'returned';
    elsif new.proposed_at is distinct from old.proposed_at and new.proposed_at is not null then act := 'proposed';
    elsif new.state = old.state or new.state in ('reading', 'publishing', 'undoing') then return null;
    end if;
    insert into capture.job_act (job_id, act, person_id, words)
        values (new.job_id, act, (select a.person_id from access.asker() a), case act when 'returned' then new.refusal else new.reason end);
    return null;
end $$;
create trigger record_act after insert or update of state, proposed_at, refused_at on capture.job
    for each row execute function capture.record_act();

-- Whether the asker answers for all places where the draft lies: there he may edit, deposit, and see positions as they are. Features
-- without commune are given as a whole, to every depositor: of these answers who has them in all communes, or is of the
-- author's organisation.
create function capture.answers_for(j capture.job) returns boolean language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    colleague boolean := exists (select from access.asker() a join org.person p on p.person_id = a.person_id
                                 where p.organisation_id = j.organisation_id);
    v record;
    l catalogue.layer;
    elsewhere boolean;
    counted integer := 0;
begin
    for v in select part_table, target from capture.job_version where job_id = j.job_id loop
        select * into l from catalogue.layer where table_schema || '.' || table_name = v.target and published order by layer_id limit 1;
        if not found then
            -- A companion goes with its layers.
            continue when exists (select from catalogue.companion c join capture.job_version o on o.target = c.layer_table
                                  where c.target = v.target and o.job_id = j.job_id);
            return false;
        end if;
        counted := counted + 1;
        if l.commune_column is null and l.commune_link is null and not colleague
           and not (access.everything(l.layer_id, 'edit') and access.everything(l.layer_id, 'upload')) then
            return false;
        end if;
        execute format('select exists (select from %s where not (coalesce((%s), false) and coalesce((%s), false) and coalesce((%s), false)))',
                       v.part_table, access.predicate(l, 'edit'), access.predicate(l, 'upload'), catalogue.exact_predicate(l)) into elsewhere;
        if elsewhere then return false; end if;
    end loop;
    return counted > 0;
end $$;

-- Whether a job is in the asker's inbox: another's draft that was handed over, for who answers for it or administers; what he
-- asked to publish stays there for him, so that he can take it back.
create function capture.is_reviewed(wanted bigint) returns boolean language sql stable
security definer set search_path = pg_catalog as $$
    select exists (
        select from capture.job j join access.asker() a on a.person_id is not null and a.person_id <> j.person_id
        where j.job_id = wanted and j.proposed_at is not null
        and case when j.state = 'draft' then access.is_administrator() or capture.answers_for(j)
                 else j.state in ('to_publish', 'publishing', 'published', 'to_undo', 'undoing') and j.published_by = a.person_id end)
$$;

create policy reviewed on capture.job for select to carreau_reader, carreau_editor
    using (proposed_at is not null and capture.is_reviewed(job_id));

-- The job when it is the asker's own, or in his inbox; else null.
create function capture.seen_job(wanted bigint) returns capture.job language sql stable
security definer set search_path = pg_catalog as $$
    select j from capture.job j where j.job_id = wanted
    and (j.person_id = (select d.person_id from access.depositor() d) or capture.is_reviewed(wanted))
$$;

-- The rows of a draft that the asker sees as GeoJSON features, the first ones; of another's those that he could read.
create or replace function capture.draft_features(wanted bigint, most integer) returns setof text language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    j capture.job := capture.seen_job(wanted);
    own boolean := j.person_id = (select a.person_id from access.asker() a);
    v record;
    l catalogue.layer;
begin
    if j.job_id is null then return; end if;
    for v in select o.part_table, o.target, a.attname as geometry from capture.job_version o
             join catalogue.part p on p.part_id = o.part_id and not p.attached
             left join pg_attribute a on a.attrelid = o.part_table::regclass and a.atttypid = 'geometry'::regtype and not a.attisdropped
             where o.job_id = wanted order by o.version_id loop
        if v.geometry is null then continue; end if;
        select * into l from catalogue.layer where table_schema || '.' || table_name = v.target and published order by layer_id limit 1;
        continue when not found and not own;
        return query execute format(
            'select json_build_object(''type'', ''Feature'', ''geometry'', st_asgeojson(st_transform(d.%1$I, 4326), 7)::json, '
            '''properties'', to_jsonb(d) - %1$L - ''part_id'' || jsonb_build_object(''table'', %2$L))::text '
            'from (select * from %3$s where (%4$s)) d limit $1',
            v.geometry, v.target, v.part_table, case when own then 'true' else catalogue.exact_predicate(l) end) using most;
    end loop;
end $$;

-- What a list of jobs tells of one that the asker sees: files, formats, author, who sent it back. The policy on jobs decides
-- which are listed; this asks nothing dear again.
create function capture.job_facts(wanted bigint) returns jsonb language sql stable
security definer set search_path = pg_catalog as $$
    select jsonb_build_object(
        'files', (select coalesce(jsonb_agg(jsonb_build_object('id', u.upload_id, 'name', u.name, 'size', u.size, 'sha256', u.sha256)
                                            order by f.n), '[]')
                  from unnest(j.uploads) with ordinality f (id, n) join capture.upload u on u.upload_id = f.id),
        'formats', (select coalesce(jsonb_agg(distinct l ->> 'format'), '[]') from jsonb_array_elements(j.recognised -> 'layers') l),
        'author', (select jsonb_build_object('name', p.nom, 'organisation', o.nom, 'own', p.person_id = a.person_id)
                   from org.person p join org.organisation o on o.organisation_id = j.organisation_id where p.person_id = j.person_id),
        'returned', (select jsonb_build_object('at', j.refused_at, 'by', p.nom, 'organisation', o.nom, 'message', j.refusal)
                     from org.person p join org.organisation o using (organisation_id) where p.person_id = j.refused_by))
    from capture.job j join access.asker() a on a.person_id is not null
    where j.job_id = wanted and (j.person_id = a.person_id or capture.is_reviewed(wanted))
$$;

create function capture.job_record(wanted bigint) returns jsonb language sql stable
security definer set search_path = pg_catalog as $$
    select coalesce(jsonb_agg(jsonb_build_object('at', c.at, 'act', c.act, 'by', p.nom, 'organisation', o.nom, 'words', c.words) order by c.at), '[]')
    from capture.job_act c left join org.person p using (person_id) left join org.organisation o using (organisation_id)
    where c.job_id = wanted and (capture.seen_job(wanted)).job_id is not null
$$;

-- Whether the asker may deposit wherever the draft that he sees lies.
create function capture.may_publish(wanted bigint) returns boolean language sql stable
security definer set search_path = pg_catalog as $$
    select (capture.seen_job(wanted)).job_id is not null and capture.rows_not_allowed(wanted) = 0
$$;

-- Asks for the publication of a draft, of one's own or handed over; of the one that was proposed at `proposal`, when that is said.
-- 'asked', or why not: 'hidden', 'changed', 'elsewhere' and how many rows are, 'replaces', or the state that the job is in.
create function capture.ask_publication(wanted bigint, way text, proposal timestamptz) returns table (outcome text, rows bigint)
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
    asker integer := (select a.person_id from access.asker() a);
    j capture.job;
begin
    perform from capture.job where job_id = wanted for update;
    j := capture.seen_job(wanted);
    rows := 0;
    if j.job_id is null then outcome := 'hidden';
    elsif proposal is not null and j.proposed_at is distinct from proposal then outcome := 'changed';
    elsif j.state <> 'draft' then outcome := j.state;
    else
        rows := capture.rows_not_allowed(wanted);
        if rows > 0 then outcome := 'elsewhere';
        elsif capture.replaces_not_allowed(wanted, way) then outcome := 'replaces';
        else
            update capture.job set state = 'to_publish', replaces = way, reason = '', changed_at = now(), published_by = asker,
                proposed_at = case when j.person_id = asker then null else proposed_at end where job_id = wanted;
            outcome := 'asked';
        end if;
    end if;
    return next;
end $$;

-- Sends another's draft back to him with a word: 'returned', 'hidden' or 'changed'.
create function capture.send_back(wanted bigint, words text, proposal timestamptz) returns text
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
    j capture.job;
begin
    select * into j from capture.job where job_id = wanted for update;
    if not found or j.state <> 'draft' or not capture.is_reviewed(wanted) then return 'hidden'; end if;
    if proposal is not null and j.proposed_at is distinct from proposal then return 'changed'; end if;
    update capture.job set proposed_at = null, refused_at = clock_timestamp(), refused_by = (select a.person_id from access.asker() a),
        refusal = words, changed_at = now() where job_id = wanted;
    return 'returned';
end $$;

-- Asks to take a publication back, one's own or one that one asked for: 'asked', or why not: 'hidden', 'elsewhere', 'edited', or the state.
create function capture.ask_undoing(wanted bigint) returns text
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
    j capture.job;
begin
    perform from capture.job where job_id = wanted for update;
    j := capture.seen_job(wanted);
    if j.job_id is null then return 'hidden'; end if;
    if j.state <> 'published' then return j.state; end if;
    if capture.rows_not_allowed(wanted) > 0 then return 'elsewhere'; end if;
    if capture.edited_since(wanted) then return 'edited'; end if;
    update capture.job set state = 'to_undo', reason = '', changed_at = now() where job_id = wanted;
    return 'asked';
end $$;

drop function capture.own_job;
revoke all on function capture.record_act, capture.answers_for, capture.is_reviewed, capture.seen_job, capture.job_facts, capture.job_record,
    capture.may_publish, capture.ask_publication, capture.send_back, capture.ask_undoing from public;
revoke execute on function capture.rows_not_allowed, capture.replaces_not_allowed, capture.edited_since from carreau_editor;
grant execute on function capture.is_reviewed, capture.job_facts, capture.job_record, capture.may_publish to carreau_reader, carreau_editor;
grant execute on function capture.ask_publication, capture.send_back, capture.ask_undoing to carreau_editor;
-- Of his own job, by the policy `own`.
grant update (proposed_at, refused_at, refused_by, refusal) on capture.job to carreau_editor;
