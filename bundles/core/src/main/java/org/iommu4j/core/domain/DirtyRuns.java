package org.iommu4j.core.domain;

import java.util.Arrays;
import org.iommu4j.api.DirtyVisitor;

/** Runs of written pages, kept until they may be told. */
final class DirtyRuns implements DirtyVisitor {
    private static final int WORDS = 3;

    private long[] words = new long[WORDS * 16];
    private int count;

    @Override
    public void dirty(long iova, long length, int pageSizeLg2) {
        if (count == words.length) {
            words = Arrays.copyOf(words, count * 2);
        }
        words[count++] = iova;
        words[count++] = length;
        words[count++] = pageSizeLg2;
    }

    void tell(DirtyVisitor visitor) {
        for (int at = 0; at < count; at += WORDS) {
            visitor.dirty(words[at], words[at + 1], (int) words[at + 2]);
        }
    }
}
