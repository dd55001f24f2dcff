-- Information that a planning document carries beside its zones (CNIG PLU, INFO_*), and easements of public utility (CNIG
-- SUP): `generateur` is what makes the easement, `assiette` the land that bears it. A lot is one delivery's category and what
-- follows it in the name of the file ("pm3_028"): the next one takes its place.

create table urba.information_surf (
    part_id   integer not null default 0,
    id        text not null,
    idurba    text not null,
    perimetre text not null,
    libelle   text not null,
    txt       text,
    typeinf   text not null,
    stypeinf  text,
    nomfic    text,
    urlfic    text,
    datvalid  date,
    geom      geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table urba.information_lin (
    part_id   integer not null default 0,
    id        text not null,
    idurba    text not null,
    perimetre text not null,
    libelle   text not null,
    txt       text,
    typeinf   text not null,
    stypeinf  text,
    nomfic    text,
    urlfic    text,
    datvalid  date,
    geom      geometry(MultiLineString, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table urba.information_pct (
    part_id   integer not null default 0,
    id        text not null,
    idurba    text not null,
    perimetre text not null,
    libelle   text not null,
    txt       text,
    typeinf   text not null,
    stypeinf  text,
    nomfic    text,
    urlfic    text,
    datvalid  date,
    geom      geometry(MultiPoint, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table urba.sup_assiette (
    part_id    integer not null default 0,
    id         text not null,
    lot        text not null,
    suptype    text not null,      -- category: "ac1", "pm3"
    idass      text not null,
    idgen      text,
    nomass     text,
    typeass    text,
    modegeoass text,
    paramcalc  double precision,   -- metres
    srcgeoass  text,
    datesrcass date,
    geom       geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table urba.sup_generateur_surf (
    part_id    integer not null default 0,
    id         text not null,
    lot        text not null,
    suptype    text not null,
    idgen      text not null,
    idsup      text,
    nomgen     text,
    typegen    text,
    modegenere text,
    srcgeogen  text,
    datesrcgen date,
    refbdext   text,
    idbdext    text,
    geom       geometry(MultiPolygon, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table urba.sup_generateur_lin (
    part_id    integer not null default 0,
    id         text not null,
    lot        text not null,
    suptype    text not null,
    idgen      text not null,
    idsup      text,
    nomgen     text,
    typegen    text,
    modegenere text,
    srcgeogen  text,
    datesrcgen date,
    refbdext   text,
    idbdext    text,
    geom       geometry(MultiLineString, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table urba.sup_generateur_pct (
    part_id    integer not null default 0,
    id         text not null,
    lot        text not null,
    suptype    text not null,
    idgen      text not null,
    idsup      text,
    nomgen     text,
    typegen    text,
    modegenere text,
    srcgeogen  text,
    datesrcgen date,
    refbdext   text,
    idbdext    text,
    geom       geometry(MultiPoint, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass) from unnest(array['urba.information_surf', 'urba.information_lin', 'urba.information_pct',
    'urba.sup_assiette', 'urba.sup_generateur_surf', 'urba.sup_generateur_lin', 'urba.sup_generateur_pct']) t;
create index on urba.information_surf using gist (geom);
create index on urba.information_lin using gist (geom);
create index on urba.information_pct using gist (geom);
create index on urba.sup_assiette using gist (geom);
create index on urba.sup_generateur_surf using gist (geom);
create index on urba.sup_generateur_lin using gist (geom);
create index on urba.sup_generateur_pct using gist (geom);
create index on urba.sup_assiette (lot);
create index on urba.sup_generateur_surf (lot);
create index on urba.sup_generateur_lin (lot);
create index on urba.sup_generateur_pct (lot);

insert into catalogue.companion values
    ('urba.doc_urba', 'urba.information_surf', 'idurba'),
    ('urba.doc_urba', 'urba.information_lin', 'idurba'),
    ('urba.doc_urba', 'urba.information_pct', 'idurba');
