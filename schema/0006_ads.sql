-- Building permits and the like (application du droit des sols): dossiers n–n parcels, as the parcels were at the filing date.

create schema if not exists ads;

create table ads.dossier (
    part_id       integer not null default 0,
    numero        text not null check (numero ~ '^(DP|PC|PA|PD|CU|AP)[0-9]{3}[0-9A-Z]{9,12}$'),
    type          text not null,
    commune       text not null,
    date_depot    date not null,
    date_limite   date,
    date_decision date,
    statut        text not null,
    objet         text,
    nb_logements  integer,
    surface_creee double precision,
    geom          geometry(MultiPolygon, 2154),
    primary key (numero, part_id)
) partition by list (part_id);

create table ads.dossier_parcelle (
    numero     text not null,
    parcelle   text not null check (length(parcelle) = 14),
    date_depot date not null,
    primary key (numero, parcelle)
);
create index on ads.dossier_parcelle (parcelle);

select catalogue.make_versioned('ads.dossier');
create index on ads.dossier using gist (geom);
create index on ads.dossier (commune);
