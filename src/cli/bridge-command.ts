import { Command, type ParseOptionsResult } from 'commander';

/** The name of a lane: 22 characters of base64url, of which one in 64 begins with `-`. */
const laneName = /^-(?=.*[A-Z0-9_])[\w-]{21}$/;

/**
 * A command whose arguments may begin with `-`, as ids do that nobody chose: names of lanes, and what channels count in
 * base 64. Without it they would have to come behind `--`.
 */
export class BridgeCommand extends Command {
  override createCommand(name?: string): BridgeCommand {
    return new BridgeCommand(name);
  }

  override parseOptions(args: string[]): ParseOptionsResult {
    const end = args.includes('--') ? args.indexOf('--') : args.length;
    const isId = args.map((arg, index) => index < end && this.#isId(arg, args[index - 1] ?? ''));
    const { operands, unknown } = super.parseOptions(args.filter((_, index) => isId[index] !== true));
    return { operands: [...operands, ...args.filter((_, index) => isId[index] === true)], unknown };
  }

  #isId(arg: string, before: string): boolean {
    if (this.registeredArguments.length === 0) return false;
    if (this.options.some(({ long, short, required }) => required && (before === long || before === short))) {
      return false;
    }
    const isShort = this.options.some(({ short }) => short === arg.slice(0, 2));
    return laneName.test(arg) || (/^-[^-]./.test(arg) && !isShort);
  }
}
