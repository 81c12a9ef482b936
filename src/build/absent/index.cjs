// Stands in for packages that just-bash loads only for commands we do not offer (zstd, xz, sqlite3, js-exec).
module.exports = {};
