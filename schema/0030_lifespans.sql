-- Since when features are as they are: the last change of each in the record of a tracked layer, to the millisecond. Of
-- those that the asker sees at their true position; nothing of features that the record says nothing of.
create function catalogue.last_changes(wanted integer) returns table (feature text, at timestamptz) language plpgsql stable
security definer set search_path = pg_catalog, public as $$
declare
    l catalogue.layer;
begin
    select * into l from catalogue.layer where layer_id = wanted and tracked and published;
    if not found then return; end if;
    return query execute format(
        'with changed as (select h.feature_id, max(h.at) as at from catalogue.history h'
        '    where h.layer_id = $1 and h.at >= $2 group by h.feature_id) '
        'select c.feature_id, date_trunc(''milliseconds'', c.at) from changed c '
        'where exists (select from (select * from %1$I.%2$I t where t.%3$I = c.feature_id::%4$s) r where %5$s)',
        l.table_schema, l.table_name, l.id_column, catalogue.id_type(l), catalogue.exact_predicate(l))
        using wanted, catalogue.record_since(wanted);
end $$;
revoke all on function catalogue.last_changes from public;
grant execute on function catalogue.last_changes to carreau_reader;
