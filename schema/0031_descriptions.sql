-- What records say of a layer beyond its declaration: whom to ask, how the data came about, why they are not open, and
-- words to find them by. Administrators change it without the machine.
alter table catalogue.layer
    add column contact       text not null default '',    -- "Service SIG <sig@agglo.fr>"; empty: that of the server
    add column lineage       text not null default '',
    add column access_limits text not null default '',    -- a reason, or a code of LimitationsOnPublicAccess
    add column keywords      text[] not null default '{}'; -- "cadastre", or "cadastre <address of the concept>"

create function catalogue.note_description() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
    new.updated_at := now();
    return new;
end $$;
create trigger carreau_description before update of title, description, licence, attribution, contact, lineage, access_limits, keywords
    on catalogue.layer for each row execute function catalogue.note_description();
revoke all on function catalogue.note_description from public;
grant update (title, description, licence, attribution, contact, lineage, access_limits, keywords) on catalogue.layer to carreau_admin;
