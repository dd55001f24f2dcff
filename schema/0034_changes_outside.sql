-- What the change feed tells of a layer outside a snapshot, so that counts of its rows follow edits: `most` changes of the
-- features at most. A line with op V (a version swapped) says that only counting anew tells, which also holds for an asker
-- who does not see every row of the layer as it is.
create function catalogue.changes_outside(wanted integer, snapshot pg_snapshot, most integer) returns table (feature text, op text)
language sql stable security definer set search_path = pg_catalog as $$
    with followed as materialized (
        select exists (select from catalogue.layer l where l.layer_id = wanted and l.tracked and l.published
                       and not access.is_sensitive(l) and access.everything(wanted, 'read')) as holds)
    (select c.feature_id, c.op::text from catalogue.change c where (select holds from followed) and c.layer_id = wanted
         and c.xid >= pg_snapshot_xmin(snapshot) and not pg_visible_in_snapshot(c.xid, snapshot) limit most)
    union all select null, 'V' from followed where not holds
$$;
revoke all on function catalogue.changes_outside from public;
grant execute on function catalogue.changes_outside to carreau_reader;
