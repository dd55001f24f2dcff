-- Who may see what, as people sign it: persons, conventions, engagements. Everything is dated, half-open: [from, to).
-- A right comes from a convention line or an engagement and from nowhere else.

create table org.person (
    person_id       integer generated always as identity primary key,
    organisation_id integer not null references org.organisation,
    login           text not null unique check (login ~ '^[a-z0-9][a-z0-9._@-]{1,99}$'),
    nom             text not null check (nom <> ''),
    email           text not null default '',
    services        text[],      -- of the organisation's conventions, those the person works for; null: all
    active          boolean not null default true,
    valid_from      timestamptz not null default now(),
    valid_to        timestamptz,
    oidc_subject    text unique,
    check (valid_to is null or valid_to > valid_from)
);

-- The layers of a service: a convention names the service, its layers follow.
alter table org.service add column every_layer boolean not null default false;
create table org.service_layer (
    service  text not null references org.service on delete cascade,
    layer_id integer not null references catalogue.layer on delete cascade,
    primary key (service, layer_id)
);

create table org.convention (
    convention_id   integer generated always as identity primary key,
    organisation_id integer not null references org.organisation,
    titre           text not null check (titre <> ''),
    reference       text not null default '',
    contact         text not null default '',
    valid_from      timestamptz not null,
    valid_to        timestamptz,
    check (valid_to is null or valid_to > valid_from)
);
create index on org.convention (organisation_id);

-- One line of a convention: rights on a service's layers, or on one layer, over communes.
create table org.convention_right (
    convention_id integer not null references org.convention on delete cascade,
    line          integer not null,
    service       text references org.service,
    layer_id      integer references catalogue.layer on delete cascade,
    communes      text not null check (communes in ('all', 'members', 'list')),
    codes         text[],
    rights        text[] not null,
    primary key (convention_id, line),
    check ((service is null) <> (layer_id is null)),
    check ((communes = 'list') = (codes is not null)),
    check (communes <> 'members' or service is not null),
    check (cardinality(rights) > 0 and rights <@
           array['read', 'exact', 'edit', 'upload', 'export', 'owner0', 'owner1', 'owner2', 'administer'])
);

-- A bureau d'études' acte d'engagement: one study, some layers, inside a perimeter, until a date.
create table org.engagement (
    engagement_id   integer generated always as identity primary key,
    organisation_id integer not null references org.organisation,
    etude           text not null check (etude <> ''),
    reference       text not null default '',
    contact         text not null default '',
    rights          text[] not null check (cardinality(rights) > 0 and rights <@ array['read', 'exact', 'upload', 'export']),
    perimeter       geometry(MultiPolygon, 2154) not null check (st_isvalid(perimeter) and not st_isempty(perimeter)),
    valid_from      timestamptz not null,
    valid_to        timestamptz not null,
    check (valid_to > valid_from)
);
create index on org.engagement (organisation_id);
create table org.engagement_layer (
    engagement_id integer not null references org.engagement on delete cascade,
    layer_id      integer not null references catalogue.layer on delete cascade,
    primary key (engagement_id, layer_id)
);

-- Communes merge: from a date, who had rights over the old code has them over the new one too.
create table org.commune_successor (
    code_insee text not null,
    successor  text not null,
    since      date not null,
    primary key (code_insee, successor)
);

-- How a layer hides positions: what the public sees, what agents (any other convention) see; specialists see all.
alter table catalogue.layer
    add column public_resolution text not null default 'exact'
        check (public_resolution in ('exact', 'footprint', 'cell_1km', 'commune', 'hidden')),
    add column agent_resolution text not null default 'exact'
        check (agent_resolution in ('exact', 'footprint', 'cell_1km', 'commune', 'hidden')),
    add column public_hidden_fields text[] not null default '{}';

-- Everybody has the rights of the organisation "public", with or without an account.
insert into org.organisation (nom, genre) values ('Public', 'public');
insert into org.convention (organisation_id, titre, valid_from)
    select organisation_id, 'Données publiques', '-infinity' from org.organisation where genre = 'public';
