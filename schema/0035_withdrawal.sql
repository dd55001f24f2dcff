-- Who proposed a draft may take the proposal back; the record of the job says so.
create or replace function capture.record_act() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare
    act text := new.state;
begin
    if tg_op = 'INSERT' then act := 'made';
    elsif new.refused_at is distinct from old.refused_at and new.refused_at is not null then act := 'returned';
    elsif new.proposed_at is distinct from old.proposed_at and new.proposed_at is not null then act := 'proposed';
    elsif new.state = old.state and new.proposed_at is null and old.proposed_at is not null then act := 'withdrawn';
    elsif new.state = old.state or new.state in ('reading', 'publishing', 'undoing') then return null;
    end if;
    insert into capture.job_act (job_id, act, person_id, words)
        values (new.job_id, act, (select a.person_id from access.asker() a), case act when 'returned' then new.refusal else new.reason end);
    return null;
end $$;
