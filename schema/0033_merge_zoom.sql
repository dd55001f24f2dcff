-- Below this zoom tiles draw polygons that differ in nothing but their id as one: zones of a plan, told apart by their colour.
-- The attributes are those that tiles of the zoom carry (catalogue.field.tile_min_zoom).
alter table catalogue.layer add column merge_zoom integer not null default 0 check (merge_zoom between 0 and 22);
