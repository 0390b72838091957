// One npm tool in a long-lived process of its own; speaks the JSON lines that worker.py speaks.
import readline from "node:readline";

const makers = {
  obscenity: async () => {
    const { RegExpMatcher, englishDataset, englishRecommendedTransformers } = await import("obscenity");
    const matcher = new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers });
    return (text) => matcher.hasMatch(text);
  },
  "bad-words": async () => {
    const { Filter } = await import("bad-words");
    const filter = new Filter();
    return (text) => filter.isProfane(text);
  },
};
const seconds = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
const peak = () => process.resourceUsage().maxRSS / 1024;
const say = (value) => process.stdout.write(JSON.stringify(value) + "\n");

let flag;
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (!flag) {
    flag = await makers[process.argv[2]]();
    flag("Good morning");
    say({ load: seconds(), peak: peak() });
    continue;
  }
  const { messages } = JSON.parse(line);  // "times" is for the automaton beside ours alone
  const start = seconds();
  const answers = messages.map(({ text }) => Boolean(flag(text)));
  say({ answers, cpu: seconds() - start, peak: peak() });
}
