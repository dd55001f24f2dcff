-- What the role that administers may do: keep organisations, people, conventions and engagements, never data.

grant usage on schema catalogue to carreau_admin;
grant select on catalogue.layer to carreau_admin;
grant select, insert, update on org.organisation, org.person, org.service, org.convention, org.engagement to carreau_admin;
grant select, insert, update, delete on org.service_layer, org.convention_right, org.engagement_layer to carreau_admin;
grant execute on function access.lines, access.day, access.midnight to carreau_admin;

-- Communes are a published table with policies: their codes are asked for by this question only.
create function access.unknown_communes(codes text[]) returns text[] language sql stable security definer set search_path = pg_catalog as $$
    select coalesce(array_agg(distinct c), '{}') from unnest(codes) c
    where not exists (select from org.commune where code_insee = c)
$$;
revoke all on function access.unknown_communes from public;
grant execute on function access.unknown_communes to carreau_admin;

alter table org.organisation add constraint organisation_period_check check (valid_to is null or valid_to >= valid_from) not valid;

-- The journal is read from its end, often for one person or one action.
create index on audit.entry (login, entry_id);
create index on audit.entry (action, entry_id);
