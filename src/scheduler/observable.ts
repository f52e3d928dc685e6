/**
 * The two classes of rxjs that this package needs at run time, taken from the files that define them: `import 'rxjs'`
 * loads every operator (about 60 ms), these two load in a quarter of that, and they are the same classes, so operators
 * and `instanceof` of an author's own rxjs work on our streams. rxjs 7 exports these paths; version 8 may not, which
 * is one of the reasons why the dependency stops at 7.
 */
export { Observable } from 'rxjs/internal/Observable';
export type { Subscriber } from 'rxjs/internal/Subscriber';
