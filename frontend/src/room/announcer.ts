// Announcements for screen readers, gathered: more than two messages become a count.
const GATHER = 1_500;

export class Announcer {
  private gathered: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly say: (text: string) => void,
    private readonly summary: (count: number) => string,
  ) {}

  announce(text: string): void {
    this.gathered.push(text);
    this.timer ??= setTimeout(() => this.flush(), GATHER);
  }

  private flush(): void {
    const { gathered } = this;
    this.gathered = [];
    this.timer = undefined;
    this.say(gathered.length > 2 ? this.summary(gathered.length) : gathered.join(". ").replaceAll(/([.!?…])\. /g, "$1 "));
  }
}
