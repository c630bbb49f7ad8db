# Writes one C++ file that holds every migration and query of db/ as text, each named after its file.
# Use: cmake -DMIGRATIONS=a.sql,b.sql -DQUERIES=c.sql,… -DOUT=embedded_sql.cpp -P embed_sql.cmake
function(sql_table name files out)
  string(REPLACE "," ";" files "${files}")
  list(SORT files)
  set(rows "")
  foreach(file IN LISTS files)
    get_filename_component(stem ${file} NAME_WE)
    file(READ ${file} text)
    string(APPEND rows "    {\"${stem}\", R\"__sql(${text})__sql\"},\n")
  endforeach()
  set(${out} "const NamedSql ${name}[] = {\n${rows}};\n" PARENT_SCOPE)
endfunction()

sql_table(kMigrations "${MIGRATIONS}" migrations)
sql_table(kQueries "${QUERIES}" queries)
file(WRITE ${OUT} "// Generated from db/ by embed_sql.cmake.
#include \"store/sql.hpp\"

namespace runbookd::store {
namespace {
${migrations}
${queries}
}  // namespace

std::span<const NamedSql> migrations() { return kMigrations; }
std::span<const NamedSql> queries() { return kQueries; }

}  // namespace runbookd::store
")
