-- What surveyed points draw by their codes: points of one code and number, joined in the order of their file.
create table terrain.leve_ligne (
    part_id          integer not null default 0,
    id               text not null,
    lot              text not null,
    numero           text not null,
    code             text not null,
    titre            text,
    points           integer,
    classe_precision text not null default '999' check (classe_precision in ('002', '005', '010', '040', '150', '999')),
    longueur_m       double precision generated always as (st_length(geom)) stored,
    geom             geometry(MultiLineString, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table terrain.leve_surface (
    part_id          integer not null default 0,
    id               text not null,
    lot              text not null,
    numero           text not null,
    code             text not null,
    titre            text,
    points           integer,
    classe_precision text not null default '999' check (classe_precision in ('002', '005', '010', '040', '150', '999')),
    surface_m2       double precision generated always as (st_area(geom)) stored,
    geom             geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass) from unnest(array['terrain.leve_ligne', 'terrain.leve_surface']) t;
create index on terrain.leve_ligne using gist (geom);
create index on terrain.leve_ligne (lot);
create index on terrain.leve_surface using gist (geom);
create index on terrain.leve_surface (lot);
