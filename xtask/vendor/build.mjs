// Makes public/vendor, public/fonts and public/icons.svg from pinned npm packages.
// Run by hand after a change of versions (npm ci && npm run build); the results are committed,
// so that building ML Hub needs no Node. vendor.json records what was made; a test checks it.
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const out = join(here, "../../public");
const pack = name => join(here, "node_modules", name);
const version = name => JSON.parse(readFileSync(join(pack(name), "package.json"))).version;
const made = [];

function record(path, origin, licence) {
  const bytes = readFileSync(join(out, path));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  made.push({ path, from: `${origin}@${version(origin)}`, licence, size: bytes.length, sha256 });
}

for (const folder of ["vendor", "fonts"]) {
  rmSync(join(out, folder), { recursive: true, force: true });
  mkdirSync(join(out, folder), { recursive: true });
}

const echarts = `vendor/echarts.${version("echarts")}.js`;
await build({
  entryPoints: [join(here, "echarts.js")],
  outfile: join(out, echarts),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
});
if (/\bnew Function\b|\beval\(/.test(readFileSync(join(out, echarts), "utf8"))) {
  throw new Error("the bundle evaluates strings, which the content security policy forbids");
}
copyFileSync(join(pack("echarts"), "LICENSE"), join(out, "vendor/echarts.LICENSE.txt"));
copyFileSync(join(pack("echarts"), "NOTICE"), join(out, "vendor/echarts.NOTICE.txt"));
const engine = join(pack("zrender"), "LICENSE");
copyFileSync(engine, join(out, "vendor/zrender.LICENSE.txt"));
record(echarts, "echarts", "Apache-2.0");

for (const cut of ["next", "mono"]) {
  const origin = `@fontsource-variable/atkinson-hyperlegible-${cut}`;
  const file = `atkinson-hyperlegible-${cut}-latin-wght-normal.woff2`;
  copyFileSync(join(pack(origin), "files", file), join(out, `fonts/atkinson-${cut}.woff2`));
  copyFileSync(join(pack(origin), "LICENSE"), join(out, `fonts/atkinson-${cut}.OFL.txt`));
  record(`fonts/atkinson-${cut}.woff2`, origin, "OFL-1.1");
}

const names = JSON.parse(readFileSync(join(here, "icons.json")));
const symbols = Object.entries(names).map(([id, icon]) => {
  const svg = readFileSync(join(pack("lucide-static"), "icons", `${icon}.svg`), "utf8");
  const drawing = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "").replaceAll(" />", "/>");
  return `<symbol id="${id}" viewBox="0 0 24 24">${drawing}</symbol>`;
});
writeFileSync(
  join(out, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`,
);
copyFileSync(join(pack("lucide-static"), "LICENSE"), join(out, "vendor/lucide.LICENSE.txt"));
record("icons.svg", "lucide-static", "ISC");

writeFileSync(join(out, "vendor/vendor.json"), `${JSON.stringify(made, null, 2)}\n`);
for (const { path, size } of made) console.log(`${path}  ${size} bytes`);
console.log(readdirSync(join(out, "vendor")).join(" "));
