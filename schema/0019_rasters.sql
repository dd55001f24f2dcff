-- Rasters: aerial photos, heights, temperatures. Each is a row of a layer, under the layer's policy as every row is; its pixels
-- are a file that the row names. Only the server reads the files, for who may read the row.

-- The column that names the file; null: the layer's features are no rasters.
alter table catalogue.layer add column raster_column text;
-- A raster cannot be made coarse.
alter table catalogue.layer add constraint rasters_are_exact
    check (raster_column is null or public_resolution = 'exact' and agent_resolution = 'exact');

-- The files of versions, published or not. A file without a row is nobody's.
create table capture.raster_file (
    file       text primary key check (file ~ '^[0-9a-f-]{36}-[0-9]+\.tif$'),
    version_id integer not null references catalogue.version on delete cascade,
    size       bigint not null check (size > 0)
);
create index on capture.raster_file (version_id);

create table terrain.orthophoto (
    part_id      integer not null default 0,
    id           text not null,
    lot          text not null,
    titre        text not null,
    genre        text not null check (genre in ('photo', 'hauteur', 'temperature')),
    millesime    text,
    unite        text,
    resolution_m double precision not null,
    largeur      integer not null,
    hauteur      integer not null,
    bandes       integer not null,
    type         text not null,
    crs          text not null,
    minimum      double precision,
    maximum      double precision,
    bas          double precision,          -- of the usual stretch
    haut         double precision,
    zoom_min     integer not null,
    zoom_max     integer not null,
    fichier      text not null,
    geom         geometry(Polygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create index on terrain.orthophoto using gist (geom);
create index on terrain.orthophoto (lot);
create table terrain.modele_hauteur (like terrain.orthophoto including all) partition by list (part_id);
create table terrain.thermographie (like terrain.orthophoto including all) partition by list (part_id);

select catalogue.make_versioned(t::regclass) from unnest(array['terrain.orthophoto', 'terrain.modele_hauteur', 'terrain.thermographie']) t;
