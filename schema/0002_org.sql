-- Who: communes with validity dates, organisations, services, memberships by date.

create schema if not exists org;
create extension if not exists btree_gist schema public;

create table org.commune (
    part_id    integer not null default 0,
    code_insee text not null check (code_insee ~ '^[0-9][0-9AB][0-9]{3}$'),
    nom        text not null,
    surface_km2 double precision,
    valid_from date not null default '1943-01-01',
    valid_to   date,
    geom       geometry(MultiPolygon, 2154) not null,
    primary key (code_insee, valid_from, part_id),
    check (valid_to is null or valid_to > valid_from)
) partition by list (part_id);
select catalogue.make_versioned('org.commune');
create index on org.commune using gist (geom);

-- Today's communes: one row for each code.
create view org.commune_actuelle with (security_invoker = true) as
    select code_insee, nom, surface_km2, valid_from, geom from org.commune
    where valid_from <= current_date and (valid_to is null or valid_to > current_date);

create table org.organisation (
    organisation_id integer generated always as identity primary key,
    nom        text not null,
    genre      text not null check (genre in ('EPCI', 'commune', 'partenaire', 'bureau d''études', 'public')),
    siren      text check (siren ~ '^[0-9]{9}$'),
    code_insee text,
    valid_from date not null default '1943-01-01',
    valid_to   date,
    unique (genre, nom, valid_from)
);

create table org.service (
    code  text primary key,
    titre text not null
);

-- A commune adheres to a shared service from a date, until a date or without end.
create table org.membership (
    code_insee text not null,
    service    text not null references org.service,
    valid_from date not null,
    valid_to   date,
    source     text not null default '',
    exclude using gist (code_insee with =, service with =, daterange(valid_from, valid_to) with &&)
);
