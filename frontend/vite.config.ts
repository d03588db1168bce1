import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Relative addresses: the console works under any path a proxy puts it at.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: { outDir: "../src/medthread/console/static", emptyOutDir: true, chunkSizeWarningLimit: 1500 },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
});
