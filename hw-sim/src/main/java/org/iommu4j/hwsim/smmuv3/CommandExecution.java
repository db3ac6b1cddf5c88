package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.cache.Intervals;
import org.iommu4j.hwsim.machine.Board;

/**
 * What each command does. Arm IHI 0070, 4.2 to 4.7. ATS, PRI, the secure state and MPAM are absent, so their commands
 * are illegal. Not thread-safe: the command queue's lock covers it.
 */
final class CommandExecution {
    private final SmmuIds ids;
    private final SmmuCaches caches;
    private final Intervals intervals;
    private final Stalls stalls;
    private final GlobalErrors errors;
    private final Board board;
    private final InvalidationRange range = new InvalidationRange();
    private Control control;
    private boolean drainDue;
    private long syncs;

    CommandExecution(SmmuIds ids, SmmuCaches caches, Intervals intervals, Stalls stalls, GlobalErrors errors,
            Board board) {
        this.ids = ids;
        this.caches = caches;
        this.intervals = intervals;
        this.stalls = stalls;
        this.errors = errors;
        this.board = board;
    }

    /** Called once, before the first command. */
    void join(Control owner) {
        control = owner;
    }

    /** CMD_SYNCs completed since power on. */
    long syncs() {
        return syncs;
    }

    /** @return false: CERROR_ILL */
    boolean execute(long word0, long word1) {
        int opcode = Command.opcode(word0);
        return switch (opcode) {
            case Command.PREFETCH_CONFIG, Command.PREFETCH_ADDR -> !Command.secure(word0);
            case Command.CFGI_STE, Command.CFGI_STE_RANGE, Command.CFGI_CD, Command.CFGI_CD_ALL ->
                !Command.secure(word0) && configuration(opcode, word0, word1);
            case Command.TLBI_NH_ALL, Command.TLBI_NH_ASID, Command.TLBI_NH_VA, Command.TLBI_NH_VAA ->
                ids.firstStage() && first(opcode & 0b11, Regime.first(vmid(word0)), word0, word1);
            case Command.TLBI_EL2_ALL, Command.TLBI_EL2_ASID, Command.TLBI_EL2_VA, Command.TLBI_EL2_VAA ->
                ids.hypervisor() && el2(opcode & 0b11, word0, word1);
            case Command.TLBI_S12_VMALL, Command.TLBI_S2_IPA ->
                ids.secondStage() && second(opcode, vmid(word0), word0, word1);
            case Command.TLBI_NSNH_ALL -> all(0, Regime.EL2_E2H - 1);
            case Command.RESUME, Command.STALL_TERM ->
                ids.stalls() && !Command.secure(word0) && stalled(opcode, word0, word1);
            case Command.SYNC -> Command.signal(word0) != Command.SIGNAL_RESERVED && synchronise(word0, word1);
            default -> false;
        };
    }

    private boolean configuration(int opcode, long word0, long word1) {
        int sid = Command.stream(word0);
        boolean leaf = Command.leaf(word1);
        drainDue = true;
        switch (opcode) {
            case Command.CFGI_STE -> caches.invalidateStream(sid, leaf, control.split());
            case Command.CFGI_STE_RANGE -> caches.invalidateStreams(sid, Command.rangeLg2(word1), control.split());
            case Command.CFGI_CD -> {
                if (ids.firstStage()) {
                    caches.invalidateContext(sid, Command.substream(word0), leaf);
                }
                return ids.firstStage();
            }
            default -> {
                if (ids.firstStage()) {
                    caches.invalidateContexts(sid);
                }
                return ids.firstStage();
            }
        }
        return true;
    }

    /** @param scope 0 all, 1 an ASID, 2 addresses of an ASID, 3 addresses of all ASIDs */
    private boolean first(int scope, int regime, long word0, long word1) {
        int asid = Command.asid(word0);
        if (scope >= 2 && !range(word0, word1)) {
            return false;
        }
        prepare();
        Translations translations = caches.translations;
        switch (scope) {
            case 0 -> caches.invalidateTranslations(SmmuCaches.VMID, () -> translations.removeRegime(regime));
            case 1 -> caches.invalidateTranslations(SmmuCaches.ASID, () -> translations.removeAsid(regime, asid));
            case 2 -> caches.invalidateTranslations(SmmuCaches.PAGE,
                    () -> translations.removePages(regime, asid, range));
            default -> caches.invalidateTranslations(SmmuCaches.PAGE,
                    () -> translations.removePages(regime, -1, range));
        }
        return true;
    }

    /** E2H decides whose; EL2 without ASIDs keeps everything where global translations are. */
    private boolean el2(int scope, long word0, long word1) {
        if (scope == 0) {
            return all(Regime.EL2_E2H, Regime.LAST);
        }
        if (scope == 1) {
            return first(scope, Regime.EL2_E2H, word0, word1);
        }
        return first(scope, control.el2WithAsids() ? Regime.EL2_E2H : Regime.EL2, word0, word1);
    }

    private boolean second(int opcode, int vmid, long word0, long word1) {
        boolean pages = opcode == Command.TLBI_S2_IPA;
        if (pages && !range(word0, word1)) {
            return false;
        }
        prepare();
        Translations translations = caches.translations;
        int regime = Regime.second(vmid);
        if (pages) {
            caches.invalidateTranslations(SmmuCaches.IPA, () -> translations.removePages(regime, -1, range));
        } else {
            caches.invalidateTranslations(SmmuCaches.VMID, () -> {
                translations.removeRegime(regime);
                translations.removeRegime(Regime.first(vmid));
            });
        }
        return true;
    }

    private boolean all(int firstRegime, int lastRegime) {
        prepare();
        caches.invalidateTranslations(SmmuCaches.ALL, () -> caches.translations.removeRegimes(firstRegime, lastRegime));
        return true;
    }

    /** @return false if the combination of fields is reserved */
    private boolean range(long word0, long word1) {
        int tg = ids.rangeInvalidation() ? Command.granule(word1) : 0;
        if (tg == 0) {
            range.address(Command.address(word1), Command.leaf(word1));
            return true;
        }
        return range.range(Command.address(word1), tg, Command.level(word1), Command.number(word0),
                Command.scale(word0), Command.leaf(word1));
    }

    private boolean stalled(int opcode, long word0, long word1) {
        if (opcode == Command.RESUME) {
            stalls.resume(Command.stream(word0), Command.tag(word1), Command.retry(word0));
        } else {
            stalls.terminate(Command.stream(word0));
        }
        return true;
    }

    /** Returns when no transaction can use what has been removed, and has told software so. */
    private boolean synchronise(long word0, long word1) {
        if (drainDue) {
            drainDue = false;
            intervals.drain();
        }
        syncs++;
        long address = Command.messageAddress(word1);
        if (Command.signal(word0) == Command.SIGNAL_INTERRUPT && ids.messages() && address != 0
                && !UnitInterrupt.write(board, address, Command.messageData(word0))) {
            errors.raise(GlobalErrors.COMMAND_MESSAGE);
        }
        return true;
    }

    private void prepare() {
        drainDue = true;
        caches.makeRoomForTags(intervals);
    }

    /** VMIDs count only where there is a second stage. */
    private int vmid(long word0) {
        return ids.secondStage() ? Command.vmid(word0) : 0;
    }
}
