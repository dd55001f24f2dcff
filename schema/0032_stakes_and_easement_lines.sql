-- Stakes of risk prevention plans (CNIG PPR, enjeu_s, _l, _p) and lands that bear easements as lines and points (CNIG SUP).

create table risque.enjeu_s (
    part_id           integer not null default 0,
    idenjeu           text not null,
    codeprocedure     text not null,
    nomenjeu          text,
    codeenjeu         text,
    nomenclatureenjeu text,
    dateenjeu         date,
    idrefexterne      text,
    refexterne        text,
    geom              geometry(MultiPolygon, 2154) not null,
    primary key (idenjeu, part_id)
) partition by list (part_id);

create table risque.enjeu_l (
    part_id           integer not null default 0,
    idenjeu           text not null,
    codeprocedure     text not null,
    nomenjeu          text,
    codeenjeu         text,
    nomenclatureenjeu text,
    dateenjeu         date,
    idrefexterne      text,
    refexterne        text,
    geom              geometry(MultiLineString, 2154) not null,
    primary key (idenjeu, part_id)
) partition by list (part_id);

create table risque.enjeu_p (
    part_id           integer not null default 0,
    idenjeu           text not null,
    codeprocedure     text not null,
    nomenjeu          text,
    codeenjeu         text,
    nomenclatureenjeu text,
    dateenjeu         date,
    idrefexterne      text,
    refexterne        text,
    geom              geometry(MultiPoint, 2154) not null,
    primary key (idenjeu, part_id)
) partition by list (part_id);

create table urba.sup_assiette_lin (
    part_id    integer not null default 0,
    id         text not null,
    lot        text not null,
    suptype    text not null,
    idass      text not null,
    idgen      text,
    nomass     text,
    typeass    text,
    modegeoass text,
    paramcalc  double precision,
    srcgeoass  text,
    datesrcass date,
    geom       geometry(MultiLineString, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

create table urba.sup_assiette_pct (
    part_id    integer not null default 0,
    id         text not null,
    lot        text not null,
    suptype    text not null,
    idass      text not null,
    idgen      text,
    nomass     text,
    typeass    text,
    modegeoass text,
    paramcalc  double precision,
    srcgeoass  text,
    datesrcass date,
    geom       geometry(MultiPoint, 2154) not null,
    primary key (id, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass)
    from unnest(array['risque.enjeu_s', 'risque.enjeu_l', 'risque.enjeu_p', 'urba.sup_assiette_lin', 'urba.sup_assiette_pct']) t;
create index on risque.enjeu_s using gist (geom);
create index on risque.enjeu_l using gist (geom);
create index on risque.enjeu_p using gist (geom);
create index on urba.sup_assiette_lin using gist (geom);
create index on urba.sup_assiette_pct using gist (geom);
create index on risque.enjeu_s (codeprocedure);
create index on risque.enjeu_l (codeprocedure);
create index on risque.enjeu_p (codeprocedure);
create index on urba.sup_assiette_lin (lot);
create index on urba.sup_assiette_pct (lot);

insert into catalogue.companion values
    ('risque.procedure', 'risque.enjeu_s', 'codeprocedure'),
    ('risque.procedure', 'risque.enjeu_l', 'codeprocedure'),
    ('risque.procedure', 'risque.enjeu_p', 'codeprocedure');
