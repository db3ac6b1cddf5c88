package org.iommu4j.amdvi.queues;

import java.util.List;
import org.iommu4j.amdvi.entries.Translation;

/**
 * What a unit may have cached, and the commands that make it forget. Each method returns when the invalidation is
 * complete and requests that used what was removed have ended. Any thread; what hot callers use allocates nothing.
 */
public final class UnitCaches {
    /** PASID under which requests without one are translated by guest tables (GIoV). */
    private static final int NO_PASID = 0;

    private final CommandBuffer commands;
    private final boolean cachesAbsent;
    private final boolean invalidatesAll;

    /**
     * @param cachesAbsent NpCache
     * @param invalidatesAll EFR.IASup
     */
    public UnitCaches(CommandBuffer commands, boolean cachesAbsent, boolean invalidatesAll) {
        this.commands = commands;
        this.cachesAbsent = cachesAbsent;
        this.invalidatesAll = invalidatesAll;
    }

    public CommandBuffer commands() {
        return commands;
    }

    /**
     * Everything: after the device table was set.
     *
     * @param requesters ids in the device table
     * @param domainIds that the unit tells apart
     */
    public void forgetAll(int requesters, int domainIds) {
        if (invalidatesAll) {
            commands.run(InvalidateAll.WORD, 0);
            return;
        }
        long[] words = new long[2 * requesters];
        for (int requester = 0; requester < requesters; requester++) {
            words[2 * requester] = InvalidateEntry.of(requester);
        }
        commands.run(words);
        words = new long[2 * domainIds];
        for (int id = 0; id < domainIds; id++) {
            words[2 * id] = InvalidatePages.domain(id, NO_PASID);
            words[2 * id + 1] = InvalidatePages.everything(false);
        }
        commands.run(words);
    }

    /**
     * Pages of a domain that were unmapped.
     *
     * @param tables true if tables were unlinked
     */
    public void forgetPages(int domainId, boolean guest, long start, long last, boolean tables) {
        commands.run(InvalidatePages.domain(domainId, NO_PASID), InvalidatePages.range(start, last, tables, guest));
    }

    /** All translations of a domain, cached tables included. */
    public void forgetDomain(int domainId, boolean guest) {
        commands.run(InvalidatePages.domain(domainId, NO_PASID), InvalidatePages.everything(guest));
    }

    /** Pages of a domain that were mapped: of interest to a unit that caches absent entries. */
    public void mapped(int domainId, boolean guest, long start, long last) {
        if (cachesAbsent) {
            forgetPages(domainId, guest, start, last, true);
        }
    }

    /** Entries of requesters that were changed, then what was translated by them. */
    public void entriesChanged(List<Integer> requesters, Translation old) {
        boolean translated = !old.isBlocked();
        long[] words = new long[2 * (requesters.size() + (translated ? 1 : 0))];
        int at = 0;
        for (int requester : requesters) {
            words[at] = InvalidateEntry.of(requester);
            at += 2;
        }
        if (translated) {
            words[at] = InvalidatePages.domain(old.domainId(), NO_PASID);
            words[at + 1] = InvalidatePages.everything(old.kind() == Translation.Kind.GUEST);
        }
        commands.run(words);
    }
}
