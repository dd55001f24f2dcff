-- What people send from the field: uploads (tus), jobs that read them, drafts. What one person deposits does not exist for
-- the others.

create schema capture;

alter table org.organisation add column deposit_quota bigint not null default 21474836480 check (deposit_quota >= 0);
comment on column org.organisation.deposit_quota is 'bytes its people may keep on the server, all uploads together';

-- Who may deposit: a person to whom some line of a convention gives 'upload'. One row, or none.
create function access.depositor() returns table (person_id integer, organisation_id integer) language sql stable
security definer set search_path = pg_catalog, public as $$
    select p.person_id, p.organisation_id from access.asker() a join org.person p on p.person_id = a.person_id
    where exists (select from access.lines() l where not l.public and 'upload' = any (l.rights))
$$;

create table capture.upload (
    upload_id       text primary key check (upload_id ~ '^[0-9a-f]{32}$'),
    person_id       integer not null references org.person,
    organisation_id integer not null references org.organisation,
    name            text not null check (name <> ''),
    size            bigint not null check (size >= 0),
    metadata        text not null default '',       -- Upload-Metadata as it was sent
    sha256          text,                           -- set when all bytes are there
    created_at      timestamptz not null default now(),
    expires_at      timestamptz,                    -- of an unfinished one
    completed_at    timestamptz,
    check ((sha256 is null) = (completed_at is null))
);
create index on capture.upload (organisation_id);
create index on capture.upload (person_id, created_at);
create index on capture.upload (sha256);

-- Makes the row of an upload; what it answers when it does not: 'quota' and what the organisation keeps already.
create function capture.begin_upload(id text, name text, size bigint, metadata text, expires_at timestamptz)
returns table (outcome text, used bigint, quota bigint) language plpgsql volatile
security definer set search_path = pg_catalog as $$
declare
    who record;
begin
    select * into who from access.depositor();
    if not found then return query select 'hidden', 0::bigint, 0::bigint; return; end if;
    -- Two uploads begun at once must not both fit into the same rest.
    perform pg_advisory_xact_lock(hashtext('capture.quota'), who.organisation_id);
    used := coalesce((select sum(u.size) from capture.upload u where u.organisation_id = who.organisation_id), 0);
    quota := (select o.deposit_quota from org.organisation o where o.organisation_id = who.organisation_id);
    outcome := 'quota';
    if used + begin_upload.size <= quota then
        insert into capture.upload (upload_id, person_id, organisation_id, name, size, metadata, expires_at)
        values (id, who.person_id, who.organisation_id, begin_upload.name, begin_upload.size, begin_upload.metadata,
                begin_upload.expires_at);
        outcome := 'made';
    end if;
    return next;
end $$;

alter table capture.upload enable row level security;
alter table capture.upload force row level security;
create policy own on capture.upload to carreau_reader, carreau_editor
    using (person_id = (select d.person_id from access.depositor() d));
do $$ begin execute format('create policy carreau_owner on capture.upload to %I using (true) with check (true)', current_user); end $$;

revoke all on function access.depositor, capture.begin_upload from public;
grant usage on schema capture to carreau_reader, carreau_editor;
grant execute on function access.depositor to carreau_reader, carreau_editor, carreau_gate;
grant execute on function capture.begin_upload to carreau_editor;
grant select on capture.upload to carreau_reader, carreau_editor;
grant update (sha256, completed_at, expires_at), delete on capture.upload to carreau_editor;
