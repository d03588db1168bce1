// Order matters: every browser of the first kind also calls itself by the later ones' names.
const BROWSERS: [RegExp, string][] = [[/Edg\/(\d+)/, "Edge"], [/OPR\/(\d+)/, "Opera"], [/MicroMessenger\/(\d+)/, "WeChat"], [/Firefox\/(\d+)/, "Firefox"], [/Chrome\/(\d+)/, "Chrome"], [/Version\/(\d+).* Safari/, "Safari"]];
const SYSTEMS: [RegExp, string][] = [[/Windows/, "Windows"], [/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"]];

/** What a browser calls itself, as a person would: "Chrome 141, Windows"; what is not known stays as it came. */
export function device(agent: string): string {
  const browser = BROWSERS.map(([form, name]) => [name, form.exec(agent)?.[1]] as const).find(([, version]) => version);
  if (!browser) return agent;
  return [browser.join(" "), SYSTEMS.find(([form]) => form.test(agent))?.[1]].filter(Boolean).join(", ");
}
