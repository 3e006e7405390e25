/** Files that are written whole or not at all, scratch folders, locks, hashes. */
package org.efficientzoo.zoo.file;
