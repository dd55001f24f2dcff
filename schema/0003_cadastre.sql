-- Cadastre, with the names of the Etalab distribution; ids of 14 (parcel), 12 (sheet) and 10 (section) characters.

create schema if not exists cadastre;

create table cadastre.section (
    part_id integer not null default 0,
    id      text not null check (length(id) = 10),
    commune text not null,
    prefixe text not null,
    code    text not null,
    geom    geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table cadastre.feuille (
    part_id integer not null default 0,
    id      text not null check (length(id) = 12),
    commune text not null,
    prefixe text not null,
    section text not null,
    numero  text not null,
    qualite text,
    modeconfection text,
    echelle integer,
    geom    geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table cadastre.parcelle (
    part_id    integer not null default 0,
    id         text not null check (length(id) = 14),
    commune    text not null,
    prefixe    text not null,
    section    text not null,
    numero     text not null,
    contenance integer,           -- m², as the fiscal administration holds it
    surface_calculee double precision generated always as (round(st_area(geom) * 10) / 10) stored,
    arpente    boolean,
    idu        text generated always as (substr(id, 3)) stored,
    created    date,
    updated    date,
    geom       geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table cadastre.batiment (
    part_id integer not null default 0,
    id      text not null,
    commune text not null,
    nom     text,
    type    text,                 -- 01 dur, 02 léger
    created date,
    updated date,
    geom    geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table cadastre.lieu_dit (
    part_id integer not null default 0,
    id      text not null,
    commune text not null,
    nom     text,
    geom    geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass)
    from unnest(array['cadastre.section', 'cadastre.feuille', 'cadastre.parcelle', 'cadastre.batiment', 'cadastre.lieu_dit']) t;

create index on cadastre.section using gist (geom);
create index on cadastre.feuille using gist (geom);
create index on cadastre.parcelle using gist (geom);
create index on cadastre.batiment using gist (geom);
create index on cadastre.lieu_dit using gist (geom);
create index on cadastre.parcelle (commune);
create index on cadastre.parcelle ("right"(id, 6));  -- section and number, when no commune is named
create index on cadastre.batiment (commune);
