# Keputusan: yang dicatat program di samping alasan orang yang memutuskan.

decision-put-together = [Gabungan dua naskah, disusun program dari kalimat yang berbeda, dipilih oleh yang memutuskan.]
