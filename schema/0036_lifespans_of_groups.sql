-- Since when groups of features are as they are: the last change of any that is of the group, was of it, or went. As
-- catalogue.last_changes, by the value of a field that is shown; what a feature was counts for who would see it at its
-- true position today.
create function catalogue.last_changes_by(wanted integer, field text) returns table (value text, at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
    l catalogue.layer;
begin
    select * into l from catalogue.layer y where y.layer_id = wanted and y.tracked and y.published
        and not field = any (y.public_hidden_fields)
        and exists (select from catalogue.field f where f.layer_id = wanted and f.name = field);
    if not found then return; end if;
    return query execute format(
        'select v.value, date_trunc(''milliseconds'', max(v.at)) from ('
        '    select r.%5$I::text as value, r.carreau_at as at from (select t.*, c.at as carreau_at from ('
        '        select h.feature_id, max(h.at) as at from catalogue.history h where h.layer_id = $1 and h.at >= $2 '
        '        group by h.feature_id) c join %1$I.%2$I t on t.%3$I = c.feature_id::%4$s) r where %6$s '
        '    union all '
        '    select r.%5$I::text, r.carreau_at from (select o.*, h.at as carreau_at from catalogue.history h '
        '        cross join lateral %7$s o where h.layer_id = $1 and h.at >= $2 and h.old_row is not null) r where %6$s) v '
        'where v.value <> '''' group by v.value',
        l.table_schema, l.table_name, l.id_column, catalogue.id_type(l), field, catalogue.exact_predicate(l),
        catalogue.row_from_history(l, 'h'))
        using wanted, catalogue.record_since(wanted);
end $$;
revoke all on function catalogue.last_changes_by from public;
grant execute on function catalogue.last_changes_by to carreau_reader;
