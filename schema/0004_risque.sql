-- Risk prevention plans (CNIG PPR v1) and their legal state.

create schema if not exists risque;

create table risque.procedure (
    codeprocedure    text primary key,
    libelleprocedure text not null,
    typeprocedure    text not null,        -- PPRN-I, PPRN-Mvt, PPRT, PPRM, PPI ...
    etatprocedure    text not null check (etatprocedure in
                     ('PRESCRIT', 'PAC', 'PROROGE', 'ANTICIPE', 'APPROUVE', 'ANNULE', 'ABROGE', 'EN VIGUEUR')),
    dateetat         date,
    source           text not null default ''
);

create table risque.procedure_commune (
    codeprocedure text not null references risque.procedure on delete cascade,
    code_insee    text not null,
    primary key (codeprocedure, code_insee)
);
create index on risque.procedure_commune (code_insee);

create table risque.perimetre (
    part_id       integer not null default 0,
    idperimetre   text not null,
    codeprocedure text not null,
    libelle       text,
    etatprocedure text,
    dateetat      date,
    geom          geometry(MultiPolygon, 2154) not null,
    primary key (idperimetre, part_id)
) partition by list (part_id);

-- Regulation zones bind only when the procedure is anticipated or approved: a prescribed plan has none.
create table risque.zone_reglementaire (
    part_id             integer not null default 0,
    idzonereglementaire text not null,
    codeprocedure       text not null,
    codezonereglement   text,
    libellezonereglement text,
    typereglement       text check (typereglement in ('01', '02', '03', '04', '05')),
    existemesuresobligatoires boolean,
    geom                geometry(MultiPolygon, 2154) not null,
    primary key (idzonereglementaire, part_id)
) partition by list (part_id);

create table risque.zone_alea (
    part_id       integer not null default 0,
    idzonealea    text not null,
    codeprocedure text not null,
    typealea      text,
    niveaualea    text,
    occurrence    text,
    description   text,
    geom          geometry(MultiPolygon, 2154) not null,
    primary key (idzonealea, part_id)
) partition by list (part_id);

select catalogue.make_versioned(t::regclass)
    from unnest(array['risque.perimetre', 'risque.zone_reglementaire', 'risque.zone_alea']) t;
create index on risque.perimetre using gist (geom);
create index on risque.zone_reglementaire using gist (geom);
create index on risque.zone_alea using gist (geom);
