-- The simplified street plan (PCRS, CNIG, version 2) as it is exchanged: one table for each kind of geometry, columns named as
-- the standard's attributes, `type` as its classes without "PCRS". A lot is one exchange extent, or one file.
create table terrain.pcrs_point (
    part_id                integer not null default 0,
    id                     text not null,
    lot                    text not null,
    type                   text not null,
    idobjet                text,           -- of the object; several geometries may show one (affleurants)
    thematique             text,
    nature                 text,
    reseau                 text,
    gestionnaire           text,
    reference              text,           -- symbol
    precisionplanimetrique text,           -- classes in centimetres: 002, 005, 010, 040, 150, 999
    precisionaltimetrique  text,
    qualitecategorisation  text,
    dateleve               date,
    producteur             text,
    geom                   geometry(Point, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table terrain.pcrs_ligne (
    part_id                integer not null default 0,
    id                     text not null,
    lot                    text not null,
    type                   text not null,
    idobjet                text,
    thematique             text,
    nature                 text,
    typemur                text,
    precisionplanimetrique text,
    precisionaltimetrique  text,
    qualitecategorisation  text,
    dateleve               date,
    producteur             text,
    geom                   geometry(MultiLineString, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table terrain.pcrs_surface (
    part_id                integer not null default 0,
    id                     text not null,
    lot                    text not null,
    type                   text not null,
    idobjet                text,
    thematique             text,
    nature                 text,
    reseau                 text,
    gestionnaire           text,
    precisionplanimetrique text,
    precisionaltimetrique  text,
    qualitecategorisation  text,
    dateleve               date,
    producteur             text,
    geom                   geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass) from unnest(array['terrain.pcrs_point', 'terrain.pcrs_ligne', 'terrain.pcrs_surface']) t;
create index on terrain.pcrs_point using gist (geom);
create index on terrain.pcrs_ligne using gist (geom);
create index on terrain.pcrs_surface using gist (geom);
create index on terrain.pcrs_point (lot);
create index on terrain.pcrs_ligne (lot);
create index on terrain.pcrs_surface (lot);
