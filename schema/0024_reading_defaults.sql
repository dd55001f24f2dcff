-- How an organisation's files are read: what was confirmed by publishing one is proposed for the next that looks alike.

-- What the worker found in the files before it read them: layers, fields, first rows.
alter table capture.job add column recognised jsonb;

create table capture.reading_default (
    organisation_id integer not null references org.organisation on delete cascade,
    signature       text not null,              -- of the format and the names of the fields
    layer           text,
    options         jsonb not null,
    confirmed_at    timestamptz not null default now(),
    primary key (organisation_id, signature)
);
