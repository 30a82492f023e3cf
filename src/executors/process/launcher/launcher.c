/*
 * What stands between the server and an algorithm in a sandbox. It speaks to the kernel alone: a shell and its programs would take
 * ten times as long to begin. scripts/small-programs.ts compiles it and puts it into programs.generated.ts.
 *
 *   launcher trainyard-launch RUN CGROUP... -- MOUNT... -- COMMAND...
 *                             claims the launch whose run folder that is, joins the cgroups, forgets the mounts, and becomes the
 *                             command; its descriptor 3 appends to the status file
 *   launcher begin COMMAND... the first program inside of the sandbox: says that it stands, lets go of what is not the algorithm's, and
 *                             becomes the command
 *   launcher try              does nothing
 */

#include "../../programs/kernel.h"

enum { SIGINT = 2, SIGQUIT = 3, EXCLUSIVE = 0200, CREATED = 0100, NAME_SPACE = 0x20000, SLAVE = 1 << 19, RECURSIVE = 16384 };
enum { DETACHED = 2, NO_LINK_FOLLOWED = 8 };
enum { STATUS = 3, OPTIONS = 4, BEGUN = 5, USERS = 6, SELF = 7 };

#if defined(__x86_64__)
enum { RT_SIGACTION = 13, UNSHARE = 272, MOUNT = 165, UMOUNT = 166 };
#elif defined(__aarch64__)
enum { RT_SIGACTION = 134, UNSHARE = 97, MOUNT = 40, UMOUNT = 39 };
#endif

static void tell(long file, const char *text) {
  call(WRITE, (word)file, (word)text, length(text), 0, 0);
}

/* Opens a file of a folder; its name is short. */
static long open_in(const char *folder, const char *name, int flags) {
  char path[4096];
  word size = length(folder), more = length(name);
  if (size + more + 1 > sizeof path) return -1;
  for (word i = 0; i < size; i++) path[i] = folder[i];
  for (word i = 0; i <= more; i++) path[size + i] = name[i];
  return call(OPENAT, (word)AT_CWD, (word)path, (word)flags, 0644, 0);
}

/* Reads the one line of a file to where the text ends. Says where it ends then. */
static word append_line(char *text, word end, word size, const char *path) {
  long file = open_at(AT_CWD, path, READ_ONLY);
  long part = file < 0 ? 0 : call(READ, (word)file, (word)(text + end), size - end - 1, 0, 0);
  if (file >= 0) call(CLOSE, (word)file, 0, 0, 0, 0);
  if (part > 0) end += (word)part;
  if (end > 0 && text[end - 1] == '\n') end--;
  return end;
}

/* A shell has what it starts in the background ignore them, but algorithms may wait for them. */
static void hear(word signal) {
  word usual[4] = {0, 0, 0, 0};
  call(RT_SIGACTION, signal, (word)usual, 0, 8, 0);
}

/* Only one launch of an instance ever goes on: the one that creates the claim, which says who it is. */
static void claim(const char *run) {
  char line[1024];
  word end = append_line(line, 0, sizeof line, "/proc/sys/kernel/random/boot_id");
  line[end++] = ' ';
  end = append_line(line, end, sizeof line, "/proc/self/stat");
  line[end++] = '\n';
  long file = open_in(run, "/claim", WRITE_ONLY | CREATED | EXCLUSIVE);
  if (file < 0 || call(WRITE, (word)file, (word)line, end, 0, 0) != (long)end) leave(0);
  call(CLOSE, (word)file, 0, 0, 0, 0);
}

/* So that all that follows is in it from its first instruction. */
static void join(const char *cgroup) {
  long file = open_in(cgroup, "/cgroup.procs", WRITE_ONLY);
  if (file < 0 || call(WRITE, (word)file, (word) "0", 1, 0, 0) != 1) {
    tell(STATUS, "{\"launch-error\":\"cgroup\"}\n");
    leave(1);
  }
  call(CLOSE, (word)file, 0, 0, 0, 0);
}

/*
 * bubblewrap reads the table of all mounts again and again. Those that the sandbox has nothing of are taken out of it, in a namespace of our own
 * whose mounts tell the machine's nothing. Where that can't be made, as without being root, they stay.
 */
static void forget(char **mounts) {
  if (same(*mounts, "--") || call(UNSHARE, NAME_SPACE, 0, 0, 0, 0) != 0) return;
  if (call(MOUNT, (word) "none", (word) "/", 0, SLAVE | RECURSIVE, 0) != 0) return;
  for (; !same(*mounts, "--"); mounts++) call(UMOUNT, (word)*mounts, DETACHED | NO_LINK_FOLLOWED, 0, 0, 0);
}

static void put(long file, long place) {
  if (file == place) return;
  call(DUP3, (word)file, (word)place, 0, 0, 0);
  call(CLOSE, (word)file, 0, 0, 0, 0);
}

/* bubblewrap finds its options at 4; what is at 5 and 7 it hands on to the first program in the sandbox. */
static void hand_on(const char *run) {
  put(open_in(run, "/options", READ_ONLY), OPTIONS);
  call(DUP3, STATUS, BEGUN, 0, 0, 0);
  put(open_in(run, "/launcher", READ_ONLY), SELF);
}

static char **end_of(char **words) {
  while (!same(*words, "--")) words++;
  return words;
}

static _Noreturn void launch(char **words, char **environment) {
  const char *run = *words++;
  char **mounts = end_of(words) + 1;
  char **command = end_of(mounts) + 1;
  hear(SIGINT);
  hear(SIGQUIT);
  call(UMASK, 022, 0, 0, 0, 0);
  claim(run);
  for (; !same(*words, "--"); words++) join(*words);
  forget(mounts);
  hand_on(run);
  become(command, environment);
}

static _Noreturn void begin_in_sandbox(char **command, char **environment) {
  tell(BEGUN, "{\"started\":true}\n");
  for (word file = BEGUN; file <= SELF; file++) call(CLOSE, file, 0, 0, 0, 0);
  become(command, environment);
}

_Noreturn void begin(word *stack);
_Noreturn void begin(word *stack) {
  word count = *stack;
  char **words = (char **)(stack + 1);
  char **environment = words + count + 1;
  if (count > 5 && same(words[1], "trainyard-launch")) launch(words + 2, environment);
  if (count > 2 && same(words[1], "begin")) begin_in_sandbox(words + 2, environment);
  leave(count == 2 && same(words[1], "try") ? 0 : 125);
}
