// What a NIP tells while it is typed. The program's own reading (domain::staff_number) is what counts; this one only
// saves keystrokes and warns early, and refuses nothing.

export interface StaffNumberReading {
  /** PNS or PPPK, where the number leaves no choice between them. */
  group: 'pns' | 'pppk' | null;
  sex: 'male' | 'female' | null;
  /** What looks wrong, as a message of problems.ftl. */
  doubt: { message: string; args: Record<string, string> } | null;
}

const NIP_DIGITS = 18;
/** PPPK exist since UU 5/2014; an earlier year can only be that of a PNS. */
const FIRST_CONTRACT_YEAR = 2014;
const YOUNGEST_AT_APPOINTMENT = 16;
/** TNI and Polri have an NRP, of which no form is relied on. */
const SERVICE = ['military', 'police'];

const nothing = (message?: string, args: Record<string, string> = {}): StaffNumberReading => ({
  group: null,
  sex: null,
  doubt: message ? { message: `problem-staff-number-${message}`, args } : null,
});

/** Reads a number; `group` is what the person is said to be, `today` an ISO date. */
export function readStaffNumber(number: string, group: string | null, today: string): StaffNumberReading {
  const isService = group !== null && SERVICE.includes(group);
  if (number === '' || (isService && number.length !== NIP_DIGITS)) return nothing();
  if (/^\d+([.,]\d+)?e\+\d+$/i.test(number)) return nothing('rounded');
  if (!/^\d+$/.test(number)) return nothing('letters');
  if (number.length !== NIP_DIGITS) return nothing('length', { digits: String(number.length) });
  if (isService) return nothing('not-service');
  return readNip(number, group, today);
}

function readNip(digits: string, said: string | null, today: string): StaffNumberReading {
  const year = Number(digits.slice(8, 12));
  // The month of appointment of a PNS, the number of the contract of a PPPK.
  const pair = Number(digits.slice(12, 14));
  const couldBeMonth = pair >= 1 && pair <= 12;
  const sex = ({ 1: 'male', 2: 'female' } as const)[digits[14]!] ?? null;
  let group: StaffNumberReading['group'] = null;
  if (said === 'pns' || said === 'pppk') group = said;
  else if (year < FIRST_CONTRACT_YEAR) group = 'pns';
  else if (!couldBeMonth) group = 'pppk';

  const born = birthDate(digits);
  if (digits.endsWith('000')) return nothing('rounded');
  if (born === null || born > today) return nothing('birth-date');
  if (year < Number(digits.slice(0, 4)) + YOUNGEST_AT_APPOINTMENT || year > Number(today.slice(0, 4))) {
    return nothing('appointment');
  }
  if (group === 'pns' && !couldBeMonth) return nothing('appointment-month');
  if (sex === null) return nothing('sex');
  return { group, sex, doubt: null };
}

/** The first eight digits as an ISO date; null if there is no such day. */
function birthDate(digits: string): string | null {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)];
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const iso = `${year}-${month}-${day}`;
  return Number(year) >= 1900 && at.toISOString().startsWith(iso) ? iso : null;
}
