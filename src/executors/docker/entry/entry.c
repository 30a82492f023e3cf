/*
 * The first program in every container, whatever its image holds: it speaks to the kernel alone, so that it needs no library and
 * no shell. scripts/small-programs.ts compiles it and puts it into programs.generated.ts.
 *
 *   entry run UMASK COMMAND...    sends the output to the job's file and becomes the command; UMASK is octal, "-" keeps it
 *   entry terminate               SIGTERM to process 1, and where that takes no notice of it, to everyone; exits with 0 when
 *                                 process 1 has a handler for it, with 3 when it takes no notice, with 4 when it blocks it
 *   entry attend LIFELINE SIZE COMMAND...
 *                                 runs the command as long as somebody holds the FIFO open; SIZE is "ROWSxCOLUMNS" of its
 *                                 terminal, or "-"
 *   entry own UID GID PATH...     gives the folders with all that is in them to a user
 */

#include "../../programs/kernel.h"

/* A container may be started again by mistake; its algorithm never is: whoever writes the claim's first byte goes on. */
static void claim(void) {
  char first;
  long file = open_at(AT_CWD, "/.trainyard/claim", READ_WRITE);
  if (file < 0) fail(125, "/.trainyard/claim", " can't be opened");
  if (call(READ, (word)file, (word)&first, 1, 0, 0) != 0) leave(125);
  if (call(WRITE, (word)file, (word) "1", 1, 0, 0) != 1) fail(125, "/.trainyard/claim", " can't be written: the disk is full");
  call(CLOSE, (word)file, 0, 0, 0, 0);
}

static void send_output(void) {
  long file = open_at(AT_CWD, "/.trainyard/output", WRITE_ONLY | APPEND);
  if (file < 0) fail(125, "/.trainyard/output", " can't be opened");
  call(DUP3, (word)file, 1, 0, 0, 0);
  call(DUP3, (word)file, 2, 0, 0, 0);
  if (file > 2) call(CLOSE, (word)file, 0, 0, 0, 0);
}

static int has_sigterm(const char *status, const char *field) {
  for (; *status; status++) {
    const char *at = status[0] == '\n' ? after(status + 1, field) : 0;
    if (!at) continue;
    while (*at == '\t' || *at == ' ') at++;
    word bits = 0;
    for (; *at > ' '; at++) bits = bits * 16 + (word)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
    return (int)(bits >> (SIGTERM - 1) & 1);
  }
  return 0;
}

/* As much of a file as fits, and a zero after it. */
static void read_file(long file, char *text, word size) {
  word at = 0;
  for (long part = 1; file >= 0 && part > 0 && at < size - 1; at += (word)(part > 0 ? part : 0))
    part = call(READ, (word)file, (word)(text + at), size - 1 - at, 0, 0);
  text[at] = 0;
}

/* Who blocks a signal waits for it in another way, as tini does, or blocks it for a moment only, as a shell does. */
static _Noreturn void terminate(void) {
  char status[8192];
  read_file(open_at(AT_CWD, "/proc/1/status", READ_ONLY), status, sizeof status);
  int catches = has_sigterm(status, "SigCgt:");
  int blocks = has_sigterm(status, "SigBlk:");
  call(KILL, catches || blocks ? 1 : (word)-1, SIGTERM, 0, 0, 0);
  leave(catches ? 0 : blocks ? 4 : 3);
}

struct entry {
  unsigned long long inode;
  long long offset;
  unsigned short size;
  unsigned char type;
  char name[];
};

/* One open folder per level: a tree deeper than the limit of open files stays as it is from there on. */
static void own(long folder, const char *name, word user, word group) {
  char buffer[2048] __attribute__((aligned(8)));
  call(FCHOWNAT, (word)folder, (word)name, user, group, NOT_FOLLOWED);
  long inside = open_at(folder, name, READ_ONLY | FOLDER | NO_LINK);
  if (inside < 0) return;
  for (;;) {
    long size = call(GETDENTS, (word)inside, (word)buffer, sizeof buffer, 0, 0);
    if (size <= 0) break;
    for (long at = 0; at < size;) {
      struct entry *entry = (struct entry *)(buffer + at);
      if (!same(entry->name, ".") && !same(entry->name, "..")) own(inside, entry->name, user, group);
      at += entry->size;
    }
  }
  call(CLOSE, (word)inside, 0, 0, 0, 0);
}

/* What /proc/<pid>/stat says: the session of a process that has not ended; 0 when it has. */
static word session_of(long proc, const char *pid) {
  char path[32];
  char stat[1024];
  word size = length(pid);
  if (size > 10) return 0;
  for (word i = 0; i < size; i++) path[i] = pid[i];
  for (word i = 0; i < 6; i++) path[size + i] = "/stat"[i];
  long file = open_at(proc, path, READ_ONLY);
  if (file < 0) return 0;
  read_file(file, stat, sizeof stat);
  call(CLOSE, (word)file, 0, 0, 0, 0);
  const char *at = 0;
  for (const char *each = stat; *each; each++) {
    if (*each == ')') at = each; /* The program's name may hold parentheses itself. */
  }
  if (!at || !at[1] || at[2] == 'Z' || at[2] == 'X') return 0;
  for (int blanks = 0; *at && blanks < 4; at++) blanks += *at == ' ';
  return number(at, 10);
}

/* SIGKILL to all others of a session. Says whether there were any. */
static int kill_session(word session) {
  char buffer[2048] __attribute__((aligned(8)));
  int found = 0;
  long proc = open_at(AT_CWD, "/proc", READ_ONLY | FOLDER);
  if (proc < 0) return 0;
  for (;;) {
    long size = call(GETDENTS, (word)proc, (word)buffer, sizeof buffer, 0, 0);
    if (size <= 0) break;
    for (long at = 0; at < size;) {
      struct entry *entry = (struct entry *)(buffer + at);
      at += entry->size;
      word pid = number(entry->name, 10);
      if (pid == 0 || pid == session || session_of(proc, entry->name) != session) continue;
      call(KILL, pid, SIGKILL, 0, 0, 0);
      found = 1;
    }
  }
  call(CLOSE, (word)proc, 0, 0, 0, 0);
  return found;
}

struct watched {
  int file;
  short wanted;
  short seen;
};

struct time {
  long seconds;
  long nanoseconds;
};

struct window {
  unsigned short rows, columns, width, height;
};

static void set_window(const char *size) {
  struct window window = {0, 0, 0, 0};
  window.rows = (unsigned short)number(size, 10);
  while (*size && *size != 'x') size++;
  if (*size) window.columns = (unsigned short)number(size + 1, 10);
  call(IOCTL, 0, SET_WINDOW_SIZE, (word)&window, 0, 0);
}

/* New processes of the session may come up while the others are killed; one that can't be killed now is not waited for. */
static _Noreturn void abandon_session(word session) {
  struct time moment = {0, 10000000};
  for (int tries = 0; tries < 100 && kill_session(session); tries++) call(PPOLL, 0, 0, (word)&moment, 0, 0);
  leave(128 + SIGKILL);
}

/*
 * The kernel closes the other end of the lifeline when whoever holds it goes, however that happens. All signals are the command's:
 * it is in the same process group, as the first program of a terminal would be by itself.
 */
static _Noreturn void attend(const char *path, const char *size, char **command, char **environment) {
  char buffer[128];
  long lifeline = open_at(AT_CWD, path, READ_ONLY | NOT_BLOCKING | NOT_INHERITED);
  if (lifeline < 0) fail(125, path, " can't be opened");
  if (call(READ, (word)lifeline, (word)buffer, 1, 0, 0) == 0) leave(125);
  call(SETSID, 0, 0, 0, 0, 0);
  if (!same(size, "-")) set_window(size);
  unsigned long long all = ~0ULL, before = 0, child_ends = 1ULL << (SIGCHLD - 1);
  call(SIGPROCMASK, SET_MASK, (word)&all, (word)&before, sizeof all, 0);
  long ends = call(SIGNALFD, (word)-1, (word)&child_ends, sizeof child_ends, NOT_BLOCKING | NOT_INHERITED, 0);
  long child = call(CLONE, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    call(SIGPROCMASK, SET_MASK, (word)&before, 0, sizeof before, 0);
    become(command, environment);
  }
  if (child < 0 || ends < 0) fail(125, command[0], ": can't be started");
  for (word file = 0; file < 3; file++) call(CLOSE, file, 0, 0, 0, 0);
  struct watched watched[2] = {{(int)ends, 1, 0}, {(int)lifeline, 0, 0}};
  for (;;) {
    call(PPOLL, (word)watched, 2, 0, 0, 0);
    if (watched[1].seen) abandon_session((word)call(GETPID, 0, 0, 0, 0, 0));
    call(READ, (word)ends, (word)buffer, sizeof buffer, 0, 0);
    for (;;) {
      int status = 0;
      long ended = call(WAIT4, (word)-1, (word)&status, NO_HANG, 0, 0);
      if (ended <= 0) break;
      if (ended == child) leave(status & 0x7f ? 128 + (status & 0x7f) : status >> 8 & 0xff);
    }
  }
}

_Noreturn void begin(word *stack) {
  word count = stack[0];
  char **words = (char **)(stack + 1);
  char **environment = words + count + 1;
  const char *task = count > 1 ? words[1] : "";
  if (same(task, "run") && count > 3) {
    claim();
    send_output();
    if (!same(words[2], "-")) call(UMASK, number(words[2], 8), 0, 0, 0, 0);
    become(words + 3, environment);
  }
  if (same(task, "terminate")) terminate();
  if (same(task, "attend") && count > 4) attend(words[2], words[3], words + 4, environment);
  if (same(task, "own") && count > 4) {
    for (word i = 4; i < count; i++) own(AT_CWD, words[i], number(words[2], 10), number(words[3], 10));
    leave(0);
  }
  fail(125, task, ": no such task");
}
