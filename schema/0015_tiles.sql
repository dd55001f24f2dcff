-- Tiles from memory: how a layer asks not to be, and what keeps the change feed whole and quick to follow.

alter table catalogue.layer add column tiles text not null default 'auto' check (tiles in ('auto', 'sql'));
comment on column catalogue.layer.tiles is 'auto: from memory where that gives the same; sql: from the database each time';

-- The follower asks for what became visible since a snapshot, of all layers.
create index on catalogue.change (xid);

-- Coarse copies drawn again because an outline of a commune moved are changes of those layers.
create or replace function access.communes_changed() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    perform access.refresh_of_communes();
    insert into catalogue.change (layer_id, op)
        select layer_id, 'V' from catalogue.layer where 'commune' in (public_resolution, agent_resolution);
    perform pg_notify('carreau_change', '');
    return null;
end $$;
