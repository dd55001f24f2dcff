-- Preventive archaeology: operations n–n communes, and known entities.

create schema if not exists archeo;

create table archeo.operation (
    part_id       integer not null default 0,
    id            text not null,
    num_operation text,
    type          text not null check (type in ('DIAG', 'FOUILLE', 'PROSP', 'EXPERTISE')),
    annee         integer not null,
    secteur       text,
    amenageur     text,
    projet        text,
    communes      text not null,          -- names, for people; archeo.operation_commune for machines
    operateur     text,
    resultat      text check (resultat in ('positif', 'négatif')),
    geom          geometry(MultiPolygon, 2154),
    primary key (id, part_id)
) partition by list (part_id);

create table archeo.operation_commune (
    operation  text not null,
    code_insee text not null,
    primary key (operation, code_insee)
);
create index on archeo.operation_commune (code_insee);

create table archeo.entite (
    part_id      integer not null default 0,
    id           text not null,
    libelle      text not null,
    nature       text,
    chronologie  text,
    sensibilite  integer check (sensibilite between 0 and 3),
    commune      text not null,
    geom         geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass) from unnest(array['archeo.operation', 'archeo.entite']) t;
create index on archeo.operation using gist (geom);
create index on archeo.entite using gist (geom);
