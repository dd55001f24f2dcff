-- Urban planning documents (CNIG PLU 2017 to 2024): `perimetre` is the INSEE code or SIREN at the head of idurba.

create schema if not exists urba;

create table urba.doc_urba (
    idurba   text primary key,
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
    dateref  date
);

create table urba.zone_urba (
    part_id  integer not null default 0,
    id       text not null,
    idurba   text not null,
    perimetre text not null,
    libelle  text not null,
    libelong text,
    typezone text,
    nomfic   text,
    urlfic   text,
    datvalid date,
    geom     geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table urba.prescription_surf (
    part_id  integer not null default 0,
    id       text not null,
    idurba   text not null,
    perimetre text not null,
    libelle  text not null,
    txt      text,
    typepsc  text not null,
    stypepsc text,
    nomfic   text,
    urlfic   text,
    datvalid date,
    geom     geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table urba.prescription_lin (
    part_id  integer not null default 0,
    id       text not null,
    idurba   text not null,
    perimetre text not null,
    libelle  text not null,
    txt      text,
    typepsc  text not null,
    stypepsc text,
    nomfic   text,
    urlfic   text,
    datvalid date,
    geom     geometry(MultiLineString, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table urba.prescription_pct (
    part_id  integer not null default 0,
    id       text not null,
    idurba   text not null,
    perimetre text not null,
    libelle  text not null,
    txt      text,
    typepsc  text not null,
    stypepsc text,
    nomfic   text,
    urlfic   text,
    datvalid date,
    geom     geometry(MultiPoint, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass)
    from unnest(array['urba.zone_urba', 'urba.prescription_surf', 'urba.prescription_lin', 'urba.prescription_pct']) t;
create index on urba.zone_urba using gist (geom);
create index on urba.prescription_surf using gist (geom);
create index on urba.prescription_lin using gist (geom);
create index on urba.prescription_pct using gist (geom);
