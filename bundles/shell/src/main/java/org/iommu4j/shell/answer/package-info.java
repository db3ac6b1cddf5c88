/** What commands return: one value with a form for people and a form for programs. */
package org.iommu4j.shell.answer;
