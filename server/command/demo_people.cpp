#include "server/command/demo_people.hpp"

#include "server/auth/password.hpp"
#include "server/db/connection.hpp"

namespace command {

namespace {

/// Organisations and communes are the territory's. Béthune is 62119. The partner's convention ended yesterday at
/// midnight.
constexpr auto people_sql = R"sql(
insert into org.service (code, titre) values ('FONCIER', 'Renseignements fonciers') on conflict do nothing;
update org.service set titre = 'Topographie et espace public' where code = 'TOPO';
update org.service set every_layer = true where code = 'SIG';

create temp table demo_org on commit drop as
select min(organisation_id) filter (where genre = 'EPCI') as epci,
       min(organisation_id) filter (where nom = 'Commune de Béthune') as bethune,
       min(organisation_id) filter (where genre = 'partenaire') as partenaire,
       min(organisation_id) filter (where genre = 'bureau d''études') as bureau
from org.organisation;

insert into org.person (organisation_id, login, nom, email, services, valid_from)
select o, login, nom, login || '@artois.example', services, '2014-01-01' from demo_org, lateral (values
    (bethune, 'secretaire.bethune', 'Claire Delattre', null::text[]),
    (epci, 'instructeur.ads', 'Hugo Lemaire', array['ADS', 'FONCIER']),
    (epci, 'archeologue', 'Inès Vasseur', array['ARCHEO']),
    (bureau, 'bureau.etudes', 'Paul Carlier', null),
    (partenaire, 'partenaire', 'Nadia Duhamel', null),
    (epci, 'admin', 'Marc Wattel', array['SIG'])) v(o, login, nom, services);

create temp table demo_convention on commit drop as
with made as (
    insert into org.convention (organisation_id, titre, reference, contact, valid_from, valid_to)
    select o, titre, reference, 'sig@artois.example', valid_from, valid_to from demo_org, lateral (values
        (epci, 'Règlement intérieur du SIG', 'DEL-2014-012', timestamptz '2014-01-01 00:00 Europe/Paris', null::timestamptz),
        (bethune, 'Convention SIG, archéologie et foncier avec Béthune', 'CONV-2015-119', '2015-07-01 00:00 Europe/Paris',
         (date_trunc('year', now() at time zone 'Europe/Paris') + interval '3 years') at time zone 'Europe/Paris'),
        (partenaire, 'Convention d''échange avec Territoire 62', 'CONV-2020-007', '2020-01-01 00:00 Europe/Paris',
         date_trunc('day', now() at time zone 'Europe/Paris') at time zone 'Europe/Paris'))
        v(o, titre, reference, valid_from, valid_to)
    returning convention_id, organisation_id)
select m.convention_id, case organisation_id when epci then 'epci' when bethune then 'bethune' else 'partenaire' end as whose
from made m, demo_org;

insert into org.convention_right (convention_id, line, service, communes, codes, rights)
select convention_id, line, service, communes, codes, rights from demo_convention join (values
    ('epci', 1, 'SIG', 'all', null::text[], '{read,exact,edit,upload,export,administer}'::text[]),
    ('epci', 2, 'ADS', 'members', null, '{read,edit,export}'),
    ('epci', 3, 'ARCHEO', 'all', null, '{read,exact,edit,export}'),
    ('epci', 4, 'FONCIER', 'all', null, '{owner2}'),
    ('bethune', 1, 'ARCHEO', 'list', '{62119}', '{read}'),
    ('bethune', 2, 'FONCIER', 'list', '{62119}', '{owner1}'),
    ('bethune', 3, 'SIG', 'list', '{62119}', '{read,export}'),
    ('bethune', 4, 'TOPO', 'list', '{62119}', '{read,edit,upload,export}'),
    ('partenaire', 1, 'ADS', 'all', null, '{read,export}')) v(whose, line, service, communes, codes, rights) using (whose);

-- The bureau d'études studies the banks of the Lawe, inside two kilometres around the middle of Béthune.
with made as (
    insert into org.engagement (organisation_id, etude, reference, contact, rights, perimeter, valid_from, valid_to)
    select bureau, 'Restauration des berges de la Lawe', 'ENG-2026-03', 'sig@artois.example', '{read,export}',
           st_multi(st_buffer(st_pointonsurface(geom), 2000)), now() - interval '30 days', now() + interval '90 days'
    from demo_org, org.commune_actuelle where code_insee = '62119'
    returning engagement_id)
insert into org.engagement_layer (engagement_id, layer_id)
select engagement_id, layer_id from made, catalogue.layer where name in ('ads_dossier', 'archeo_operation');

-- Invented owners of the first parcels of Béthune and of Bruay-la-Buissière.
insert into majic.compte_parcelle (parcelle, compte)
select id, substr(id, 1, 8) || '*' || lpad(((n - 1) / 3 + 1)::text, 5, '0') from (
    select id, row_number() over (partition by commune order by id) as n from cadastre.parcelle where commune in ('62119', '62178')) p
where n <= 300 on conflict do nothing;
insert into majic.proprietaire (compte, ordre, denomination, adresse, droit, siren, valeur_locative)
select compte, 1, (array['M. FICTIF Jean', 'Mme EXEMPLE Marie', 'SCI DU MODELE', 'Mme IMAGINEE Lucie', 'M. INVENTE Karim'])[1 + abs(hashtext(compte)) % 5],
       (1 + abs(hashtext(compte)) % 90) || ' rue de la Démonstration', 'Propriétaire',
       case when abs(hashtext(compte)) % 5 = 2 then '000000000' end, 500 + abs(hashtext(compte)) % 3000
from (select distinct compte from majic.compte_parcelle) c on conflict do nothing;
)sql";

std::vector<DemoPerson> people() {
    std::vector<DemoPerson> list{{"secretaire.bethune", "", "secrétaire de la commune de Béthune"},
                                 {"instructeur.ads", "", "instructeur ADS des 36 communes adhérentes"},
                                 {"archeologue", "", "archéologue de l'agglomération"},
                                 {"bureau.etudes", "", "bureau d'études, sous engagement"},
                                 {"partenaire", "", "partenaire dont la convention a pris fin hier"},
                                 {"admin", "", "administrateur du SIG"}};
    for (DemoPerson& person : list) person.password = "carreau-demo-" + person.login;
    return list;
}

}  // namespace

std::vector<DemoPerson> prepare_demo_people(const std::string& dsn) {
    std::vector<DemoPerson> list = people();
    db::Connection connection(dsn);
    if (connection.query("select exists (select from org.person where login = 'secretaire.bethune')").boolean(0, 0))
        return list;
    auth::PasswordHasher hasher;
    connection.execute("begin");
    connection.run_script(people_sql);
    for (const DemoPerson& person : list) {
        const std::vector<db::Parameter> values{person.login, hasher.hash(person.password)};
        connection.query(
            "insert into access.password (person_id, hash) select person_id, $2 from org.person where login = $1",
            values);
    }
    connection.execute("commit");
    return list;
}

}  // namespace command
