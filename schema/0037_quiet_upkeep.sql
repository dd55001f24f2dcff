-- Statement triggers fire for no rows as well: an upkeep that finds nothing to forget must not tell that rights changed.
create or replace function access.forget() returns void language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
    long_ago timestamptz := now() - interval '7 days';
begin
    delete from access.remembered g where valid_until < now() or not exists (
        select from access.credential c where c.session_key = g.session_key and c.revoked_at is null);
    if exists (select from access.credential where kind in ('cookie', 'simulation') and coalesce(revoked_at, expires_at) < long_ago) then
        delete from access.credential where kind in ('cookie', 'simulation') and coalesce(revoked_at, expires_at) < long_ago;
    end if;
end $$;
