-- Who did what. The serving roles may only add; the owner's purge is the only way out.

create schema audit;

create table audit.entry (
    entry_id   bigint generated always as identity primary key,
    at         timestamptz not null default clock_timestamp(),
    person_id  integer,
    login      text not null default '',
    action     text not null,
    layer      text not null default '',
    commune    text not null default '',
    purpose    text not null default '',
    result     text not null default '',
    request_id text not null default '',
    count      bigint not null default 1
);
create index on audit.entry (at);
create index on audit.entry (person_id, action, at);

-- Only a purge may delete, nothing may rewrite.
create function audit.refuse() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    raise exception 'the audit journal is append-only' using errcode = '42501';
end $$;
create trigger append_only before update or truncate on audit.entry for each statement execute function audit.refuse();

-- Deletes what is older than the retention (setting audit_months, 12 by default); gives how many went.
create function audit.purge() returns bigint language plpgsql security definer set search_path = pg_catalog as $$
declare
    months integer := coalesce((select value::integer from catalogue.setting where name = 'audit_months'), 12);
    gone bigint;
begin
    if months not between 6 and 36 then
        raise exception 'audit_months must be 6 to 36, it is %', months using errcode = '22023';
    end if;
    delete from audit.entry where at < now() - make_interval(months => months);
    get diagnostics gone = row_count;
    return gone;
end $$;

revoke all on schema audit from public;
revoke all on all functions in schema audit from public;
grant usage on schema audit to carreau_gate, carreau_reader, carreau_editor, carreau_admin;
grant insert on audit.entry to carreau_gate, carreau_reader, carreau_editor, carreau_admin;
grant select on audit.entry to carreau_admin;
grant execute on function audit.purge to carreau_gate;
