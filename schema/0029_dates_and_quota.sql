-- Days of tracks, drawn lines and rasters; an organisation's quota counts all that is kept for it.

-- What the server keeps for an organisation: uploads, rasters made of them, originals whose upload is gone.
create function capture.kept_bytes(organisation integer) returns bigint language sql stable
security definer set search_path = pg_catalog as $$
    with versions as (select v.version_id from capture.job j join capture.job_version v using (job_id)
                      where j.organisation_id = organisation)
    select (coalesce((select sum(u.size) from capture.upload u where u.organisation_id = organisation), 0)
          + coalesce((select sum(f.size) from capture.raster_file f join versions using (version_id)), 0)
          + coalesce((select sum(p.size) from capture.picture p
                      where p.sha256 in (select u.sha256 from capture.picture_use u join versions using (version_id))
                        and not exists (select from capture.upload u
                                        where u.sha256 = p.sha256 and u.organisation_id = organisation)), 0))::bigint
$$;

create or replace function capture.begin_upload(id text, name text, size bigint, metadata text, expires_at timestamptz)
returns table (outcome text, used bigint, quota bigint) language plpgsql volatile
security definer set search_path = pg_catalog as $$
declare
    who record;
begin
    select * into who from access.depositor();
    if not found then return query select 'hidden', 0::bigint, 0::bigint; return; end if;
    -- Two uploads begun at once must not both fit into the same rest.
    perform pg_advisory_xact_lock(hashtext('capture.quota'), who.organisation_id);
    used := capture.kept_bytes(who.organisation_id);
    quota := (select o.deposit_quota from org.organisation o where o.organisation_id = who.organisation_id);
    outcome := 'quota';
    if used + begin_upload.size <= quota then
        insert into capture.upload (upload_id, person_id, organisation_id, name, size, metadata, expires_at)
        values (id, who.person_id, who.organisation_id, begin_upload.name, begin_upload.size, begin_upload.metadata,
                begin_upload.expires_at);
        outcome := 'made';
    end if;
    return next;
end $$;

revoke all on function capture.kept_bytes from public;

alter table terrain.leve_trace add column releve_le timestamptz;
alter table terrain.leve_ligne add column releve_le timestamptz;
alter table terrain.leve_surface add column releve_le timestamptz;
alter table terrain.orthophoto add column date_fichier date;
alter table terrain.modele_hauteur add column date_fichier date;
alter table terrain.thermographie add column date_fichier date;

-- What was deposited before: drafts and what is kept aside are tables of their own.
do $$
declare
    t record;
    p record;
begin
    for t in select v.name, v.col, v.type, v.title from (values
                 ('terrain.leve_trace', 'releve_le', 'timestamptz', 'Relevé le'), ('terrain.leve_ligne', 'releve_le', 'timestamptz', 'Relevé le'),
                 ('terrain.leve_surface', 'releve_le', 'timestamptz', 'Relevé le'), ('terrain.orthophoto', 'date_fichier', 'date', 'Date du fichier'),
                 ('terrain.modele_hauteur', 'date_fichier', 'date', 'Date du fichier'),
                 ('terrain.thermographie', 'date_fichier', 'date', 'Date du fichier')) v (name, col, type, title) loop
        for p in select c.table_name from catalogue.part c join catalogue.version v using (version_id)
                 where v.target = t.name and not c.attached and to_regclass(c.table_name) is not null loop
            execute format('alter table %s add column if not exists %I %s', p.table_name, t.col, t.type);
        end loop;
        update catalogue.layer set datetime_column = t.col, time_slider = true
            where table_schema || '.' || table_name = t.name and datetime_column is null;
        insert into catalogue.field (layer_id, name, title, type, ordinal, tile_min_zoom)
            select l.layer_id, t.col, t.title, case t.type when 'date' then 'date' else 'datetime' end,
                   (select coalesce(max(f.ordinal), 0) + 1 from catalogue.field f where f.layer_id = l.layer_id), l.min_zoom
            from catalogue.layer l where l.table_schema || '.' || l.table_name = t.name
            on conflict (layer_id, name) do nothing;
    end loop;
end $$;

-- Features that this transaction put outside of their layer's extent widen it.
create function catalogue.grow_extent(wanted integer) returns void language sql volatile
security definer set search_path = pg_catalog, public as $$
    update catalogue.layer l
        set extent = array[least(l.extent[1], st_xmin(b.g)), least(l.extent[2], st_ymin(b.g)),
                           greatest(l.extent[3], st_xmax(b.g)), greatest(l.extent[4], st_ymax(b.g))]
        from (select st_transform(st_segmentize(st_setsrid(st_extent(c.new_box::geometry)::geometry, max(o.srid)), 5000), 4326) as g
              from catalogue.change c join catalogue.layer o using (layer_id)
              where c.layer_id = wanted and c.xid = pg_current_xact_id() and c.new_box is not null) b
        where l.layer_id = wanted and b.g is not null
            and (l.extent is null or st_xmin(b.g) < l.extent[1] or st_ymin(b.g) < l.extent[2]
                 or st_xmax(b.g) > l.extent[3] or st_ymax(b.g) > l.extent[4])
$$;
revoke all on function catalogue.grow_extent from public;
grant execute on function catalogue.grow_extent to carreau_editor;
